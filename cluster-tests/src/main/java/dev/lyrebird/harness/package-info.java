/**
 * Starts real programs and waits for what they say: nodes, a mosquitto beside them, any tool.
 *
 * <p>A node runs as its own JVM from the packaged jar, so that it can be killed at any moment.
 * Everything is reached over its ports; no class of the node is used here.
 */
@NullMarked
package dev.lyrebird.harness;

import org.jspecify.annotations.NullMarked;
