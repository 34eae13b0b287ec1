package dev.lyrebird.table;

/** A reading of rows under way, of the storage as it was when it was opened. */
record RocksRowScan(RocksReading reading) implements TableStore.RowScan {

  @Override
  public boolean next() {
    return reading.next();
  }

  @Override
  public String id() {
    return RocksKeys.id(reading.key());
  }

  @Override
  public RowState state() {
    return RowStateCodec.decode(reading.value());
  }

  @Override
  public void close() {
    reading.close();
  }
}
