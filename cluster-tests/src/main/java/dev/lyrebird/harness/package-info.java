/**
 * Starts real programs and waits for what they say: nodes, a mosquitto beside them, any tool.
 *
 * <p>A node runs as its own JVM from the packaged jar, so that it can be killed at any moment, and
 * is reached over its ports. Where the machine permits it, nodes run on hosts of a {@link
 * dev.lyrebird.harness.Network}, which can lose, delay and cut off what passes between them.
 */
@NullMarked
package dev.lyrebird.harness;

import org.jspecify.annotations.NullMarked;
