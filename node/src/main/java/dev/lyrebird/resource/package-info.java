/**
 * The contract between the doors and whatever answers behind a path. Today that is a table: {@link
 * dev.lyrebird.resource.Tables} is what one event loop can ask of all of them. Nothing here waits:
 * answers come as callbacks on the event loop that asked.
 */
@NullMarked
package dev.lyrebird.resource;

import org.jspecify.annotations.NullMarked;
