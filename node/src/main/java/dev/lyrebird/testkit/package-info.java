/**
 * For tests of users' code without a node: {@link dev.lyrebird.testkit.TestHost} runs the code of a
 * router as a node does, and {@link dev.lyrebird.testkit.TestClient} is a client of it. Nothing of
 * this is used by a node.
 */
@NullMarked
package dev.lyrebird.testkit;

import org.jspecify.annotations.NullMarked;
