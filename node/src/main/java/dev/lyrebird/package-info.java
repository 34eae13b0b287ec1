/**
 * The node as a whole: its command line, its configuration, and the one place that builds the parts
 * and connects them. Parts are started from the ground up and stopped in reverse. Nothing below
 * this package knows it.
 */
@NullMarked
package dev.lyrebird;

import org.jspecify.annotations.NullMarked;
