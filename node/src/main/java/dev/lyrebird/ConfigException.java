package dev.lyrebird;

/** The configuration cannot be used; the message names the key or the file, and the remedy. */
public final class ConfigException extends RuntimeException {
  ConfigException(String message) {
    super(message);
  }
}
