/**
 * The query language of URLs: what may stand behind the {@code ?} of a path. {@link
 * dev.lyrebird.query.QueryParser} makes a {@link dev.lyrebird.query.Query} of the text, in which
 * every part knows where it stood; {@link dev.lyrebird.query.RowMatcher} and {@link
 * dev.lyrebird.query.Projection} give it the types of one table and apply it to a row. Pure: what
 * is not understood is refused with its place, and nothing is ever passed over.
 */
@NullMarked
package dev.lyrebird.query;

import org.jspecify.annotations.NullMarked;
