package dev.lyrebird.table;

/** The store on the heap keeps the contract; it is closed and opened by leaving it alone. */
final class MemoryTableStoreTest implements TableStoreContract {

  @Override
  public TableStore fresh() {
    return new MemoryTableStore();
  }

  @Override
  public TableStore reopened(TableStore store) {
    return store;
  }
}
