package dev.lyrebird.history;

/** What a write does, and what an observer is told. */
public enum Kind {
  /** A message: told to everybody once, kept by no row. */
  MESSAGE,
  /** A row is replaced. */
  PUT,
  /** A row goes. */
  DELETE
}
