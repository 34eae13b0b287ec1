package dev.lyrebird;

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
 * Keeps the first warning of the log, from whichever thread: what clients send is hardly ever a
 * reason for one. The log is silent meanwhile. Any thread may log.
 */
public final class Warnings extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger root = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final @Nullable Level before = root.getLevel();

  private final List<Logger> excepted;

  private final AtomicReference<@Nullable String> first = new AtomicReference<>();

  /**
   * Begins to listen.
   *
   * @param excepted the classes whose warnings are about what clients do
   */
  public Warnings(String... excepted) {
    this.excepted = Stream.of(excepted).map(Warnings::logger).toList();
    root.setLevel(Level.WARN);
    this.excepted.forEach(logger -> logger.setLevel(Level.ERROR));
    setContext(root.getLoggerContext());
    start();
    root.addAppender(this);
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  /** Returns the first warning with its stack, or null where there was none. */
  public @Nullable String first() {
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
