package dev.lyrebird.table;

/** The storage failed: the disk is full or broken, or what it holds is damaged. */
public final class StorageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StorageException(String message) {
    super(message);
  }

  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
