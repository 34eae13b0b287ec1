package dev.lyrebird.mqtt;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Keeps the first warning of the log, from whichever thread: nothing that a client sends is a
 * reason for one, but for logins that fail, topics that are misspelt and limits that are reached.
 * The log is silent meanwhile. Any thread may log.
 */
final class Warnings extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger root = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final @Nullable Level before = root.getLevel();

  /** Whose warnings are about what clients do. */
  private final List<Logger> excepted =
      Stream.of(Login.class, Routes.class, LimitAlarm.class)
          .map(type -> logger(type.getName()))
          .toList();

  private final AtomicReference<@Nullable String> first = new AtomicReference<>();

  Warnings() {
    root.setLevel(Level.WARN);
    excepted.forEach(logger -> logger.setLevel(Level.ERROR));
    setContext(root.getLoggerContext());
    start();
    root.addAppender(this);
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  /** Returns the first warning with its stack, or null where there was none. */
  @Nullable String first() {
    return first.get();
  }

  @Override
  protected void append(ILoggingEvent event) {
    boolean isOfMachine = event.getLoggerName().endsWith("BlockedThreadChecker");
    if (event.getLevel().isGreaterOrEqual(Level.WARN) && !isOfMachine && first.get() == null) {
      String stack =
          event.getThrowableProxy() == null
              ? ""
              : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
      first.compareAndSet(null, event.getLoggerName() + ": " + event.getFormattedMessage() + stack);
    }
  }

  @Override
  public void close() {
    root.detachAppender(this);
    root.setLevel(before);
    excepted.forEach(logger -> logger.setLevel(null));
  }
}
