package dev.lyrebird.http;

/** Where the bytes of one client's stream go. Owned by the event loop of its connection. */
interface Outlet {

  /** Tells whether there is room for more. While there is none, nothing should be appended. */
  boolean isWritable();

  /** Says whom to tell that there is room again after there was none. */
  void onDrain(Runnable drained);

  /** Adds a copy of the bytes to what goes out with the next flush. */
  void append(byte[] bytes);

  /** Sends what was appended. */
  void flush();

  /** Lets go of what was not flushed. */
  void discard();

  /** Discards, and breaks the stream off, so that its client sees that this is not its end. */
  void cut();

  /** Discards, and lets go of the connection, which may go on with other requests. */
  void end();
}
