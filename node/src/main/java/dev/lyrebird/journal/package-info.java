/**
 * The vocabulary of the house: a {@link dev.lyrebird.journal.Write} is what a client asks, a {@link
 * dev.lyrebird.journal.Change} is a write with its timestamp, an {@link dev.lyrebird.journal.Entry}
 * is a change with its position in one table's journal. Everything here is immutable and travels
 * freely between threads. The package uses no other package of the project, no thread and no clock.
 */
@NullMarked
package dev.lyrebird.journal;

import org.jspecify.annotations.NullMarked;
