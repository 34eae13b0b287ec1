/**
 * How rows and messages look to clients, decided in {@link dev.lyrebird.view.RowView} alone: REST,
 * events and conditions all go by it. Pure: bytes in, JSON out, by way of {@link
 * dev.lyrebird.view.JsonCopy}, which keeps every number as it was spelt. What a payload is, is
 * found by its {@link dev.lyrebird.view.MediaType} and by looking.
 */
@NullMarked
package dev.lyrebird.view;

import org.jspecify.annotations.NullMarked;
