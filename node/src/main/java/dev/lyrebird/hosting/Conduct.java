package dev.lyrebird.hosting;

/** What users' code does on one connection, in order and never twice at once. */
sealed interface Conduct permits ResourceConduct, HandlerConduct {

  /** Has the code decide whether the client comes in, and go on with it. Waits for nothing. */
  void arrive();

  /** Something has happened that the code may have to be told of. Any thread may call. */
  void wake();

  /** All threads of the connection have ended; tells whether no other will follow. */
  boolean isOver();
}
