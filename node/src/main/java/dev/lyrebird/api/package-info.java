/**
 * What users write their own code against: a {@link dev.lyrebird.api.Resource} or a {@link
 * dev.lyrebird.api.ConnectionHandler} behind a path, and the {@link dev.lyrebird.api.Router} that
 * puts it there. Their code runs on virtual threads and may wait wherever it likes. It depends on
 * no other package of the node.
 */
@NullMarked
package dev.lyrebird.api;

import org.jspecify.annotations.NullMarked;
