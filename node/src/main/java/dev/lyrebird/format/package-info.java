/**
 * The formats of rows and lists, {@link dev.lyrebird.format.Format}: each is written from JSON and
 * read as JSON, so that nothing else knows more than one of them. Pure: bytes in, bytes out, by
 * Jackson's parsers and generators, with every digit that a format can carry. Lists are written and
 * rows are read as they come, never as a whole unless the format demands it. {@link
 * dev.lyrebird.format.RowReader} makes of content in any of them what a table stores.
 */
@NullMarked
package dev.lyrebird.format;

import org.jspecify.annotations.NullMarked;
