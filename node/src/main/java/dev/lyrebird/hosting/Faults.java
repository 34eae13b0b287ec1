package dev.lyrebird.hosting;

import dev.lyrebird.api.Action;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionClosedException;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Resource;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of what users' code throws. */
final class Faults {

  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
  private static final int SHOWN_FRAMES = 8;

  private Faults() {}

  /** Returns why a client is turned away that may not. */
  static ProblemException notAllowed(Action action) {
    return new ProblemException(
        403, "you may not %s here".formatted(action.name().toLowerCase(Locale.ROOT)));
  }

  /** The code has thrown before it let the client in, or just then. */
  static void whileArriving(HostedConnection connection, Throwable fault) {
    if (isOfTheEnd(connection, fault)) {
      return;
    }
    ProblemException problem = problem(connection.route(), connection.id(), fault);
    if (!connection.refuse(problem)) {
      connection.end(
          problem.status() < 500 ? Connection.POLICY : Connection.FAULT, problem.detail());
    }
  }

  /** A call on a connection has thrown. It is over in any case, and others may follow it. */
  static void inCall(HostedConnection connection, Throwable fault) {
    if (!isOfTheEndOfAnother(connection, fault)) {
      onConnection(connection, fault);
    }
  }

  /** The code has thrown on a connection. */
  static void onConnection(HostedConnection connection, Throwable fault) {
    if (isOfTheEnd(connection, fault)) {
      return;
    }
    if (fault instanceof ProblemException problem && problem.status() < 500) {
      connection.end(Connection.POLICY, problem.detail());
    } else {
      log(connection.route(), connection.id(), fault);
      connection.end(Connection.FAULT, "fault; see the node's log for " + connection.id());
    }
  }

  /** Tells whether code has merely noticed that its connection has ended. */
  private static boolean isOfTheEnd(HostedConnection connection, Throwable fault) {
    return !connection.isOpen()
        && (fault instanceof ConnectionClosedException || isOfAnInterrupt(fault));
  }

  /** Waits for tables throw no checked exception when they are interrupted. */
  private static boolean isOfAnInterrupt(Throwable fault) {
    return fault instanceof InterruptedException || fault instanceof CancellationException;
  }

  /** Tells whether code has sent to a connection that is not its own and has ended. */
  private static boolean isOfTheEndOfAnother(HostedConnection connection, Throwable fault) {
    return fault instanceof ConnectionClosedException closed
        && closed.connection() != null
        && !connection.equals(closed.connection());
  }

  /** Something that was to run behind the end of a connection has thrown. */
  static void afterwards(HostedConnection connection, Throwable fault) {
    if (!(fault instanceof ConnectionClosedException)) {
      log(connection.route(), connection.id(), fault);
    }
  }

  /**
   * Returns what a client is told that is not connected.
   *
   * @param name of the connection, for the log
   */
  static ProblemException problem(HostedRoute route, String name, Throwable fault) {
    return switch (fault) {
      case ProblemException problem -> problem;
      case Resource.NotOffered none ->
          new ProblemException(405, "%s does not take this".formatted(route.pattern()));
      default -> {
        log(route, name, fault);
        yield new ProblemException(500, "the resource has failed; see the node's log for " + name);
      }
    };
  }

  /**
   * Code goes on although it was interrupted when its time was up. Told where it is: nobody else
   * will. There are never more lines of it than {@link dev.lyrebird.api.Limits#overdue} at a time.
   *
   * @param what runs
   */
  static void goesOn(HostedRoute route, String what, Thread thread) {
    LOG.atWarn()
        .addKeyValue("route", route.pattern())
        .addKeyValue("at", () -> where(thread))
        .log("{} was interrupted when its time was up, and goes on", what);
  }

  private static String where(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .limit(SHOWN_FRAMES)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" < "));
  }

  /** Returns a name for something that has failed. */
  static String name() {
    return UUID.randomUUID().toString();
  }

  private static void log(HostedRoute route, String name, Throwable fault) {
    route.meters().failed();
    LOG.atError()
        .addKeyValue("route", route.pattern())
        .addKeyValue("instance", name)
        .setCause(fault)
        .log("a resource has failed");
  }
}
