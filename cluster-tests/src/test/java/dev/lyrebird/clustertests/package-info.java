/**
 * Tests on whole nodes. Each runs real processes, started as a user starts them, and looks at them
 * through public clients only. Nothing here reaches into a node's classes.
 */
@NullMarked
package dev.lyrebird.clustertests;

import org.jspecify.annotations.NullMarked;
