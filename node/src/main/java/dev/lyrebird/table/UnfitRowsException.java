package dev.lyrebird.table;

/** A table holds rows that its new definition forbids. The message is for the operator. */
public final class UnfitRowsException extends RuntimeException {

  UnfitRowsException(String message) {
    super(message);
  }
}
