package dev.lyrebird.table;

import org.rocksdb.RocksDB;
import org.rocksdb.WriteOptions;

/**
 * The open database, as its tables use it.
 *
 * @param acknowledged how what clients are told of is written
 * @param lazy how the rest is
 */
record RocksHandles(
    RocksDB db, RocksFamilies families, WriteOptions acknowledged, WriteOptions lazy) {}
