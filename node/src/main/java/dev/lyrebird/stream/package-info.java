/**
 * What streams tell of events, whoever sends them on: {@link dev.lyrebird.stream.StreamTarget} is
 * what a stream hears of, {@link dev.lyrebird.stream.StreamQuery} what its client wants of that,
 * and {@link dev.lyrebird.stream.StreamPicks} finds how it is told. The JSON of events is made
 * here, once for all streams that are told the same; what a kind of stream puts around it is its
 * own, see {@link dev.lyrebird.stream.EventWire}.
 */
@NullMarked
package dev.lyrebird.stream;

import org.jspecify.annotations.NullMarked;
