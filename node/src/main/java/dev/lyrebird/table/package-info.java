/**
 * One table: its clock, its rows and how changes merge into them, its journal, and where both are
 * stored. A {@link dev.lyrebird.table.Table} is owned by one thread, takes requests and gives back
 * facts; it knows neither sockets nor other tables. All is pure but {@link
 * dev.lyrebird.table.RocksStorage} and what is named like it.
 */
@NullMarked
package dev.lyrebird.table;

import org.jspecify.annotations.NullMarked;
