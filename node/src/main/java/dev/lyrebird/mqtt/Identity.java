package dev.lyrebird.mqtt;

import org.jspecify.annotations.Nullable;

/**
 * Who a client has proven to be.
 *
 * @param user the name of the user; empty where nothing was proven
 * @param lastWord what the server says last in enhanced authentication, or null where there was
 *     none
 */
record Identity(String user, @Nullable Authentication lastWord) {

  /** Anybody. */
  static final Identity UNKNOWN = new Identity("", null);
}
