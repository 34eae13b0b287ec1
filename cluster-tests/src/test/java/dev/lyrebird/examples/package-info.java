/**
 * The examples of users' code in {@code conf/examples}, each started with the one command of its
 * README and driven by real clients over every protocol, a browser among them.
 */
@NullMarked
package dev.lyrebird.examples;

import org.jspecify.annotations.NullMarked;
