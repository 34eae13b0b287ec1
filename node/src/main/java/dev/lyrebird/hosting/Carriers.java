package dev.lyrebird.hosting;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.jspecify.annotations.Nullable;

/**
 * The threads that carry users' code: enough of them, and each with less right to the processors
 * than the event loops have. Code that computes without end shares its carriers with other code of
 * users, and takes what the event loops leave.
 *
 * <p>Java gives carriers no priority, and comes and goes with them as it likes. So every thread of
 * users' code lowers the one that carries it when it begins, and when it comes back from a wait for
 * the node. Code that comes back from another wait, such as a sleep, may find itself on a carrier
 * that has not been lowered yet.
 *
 * <p>Linux alone has priorities of threads, as {@code setpriority(2)} tells; elsewhere nothing
 * happens. Stateless; any thread may call.
 */
final class Carriers {

  /** Code that never waits holds one of these; with so many, it leaves some to others. */
  static final int FEWEST = 16;

  /** Where an operator says how many there are to be. */
  private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

  /** What {@code nice(1)} adds: a thread of the node weighs nine times as much. */
  static final int NICE = 10;

  private static final int PRIO_PROCESS = 0;

  /** The thread that calls. */
  private static final int ITSELF = 0;

  /** Null where there is none that is about threads. */
  private static final @Nullable MethodHandle SET_PRIORITY = setPriority();

  private Carriers() {}

  @SuppressWarnings("restricted")
  private static @Nullable MethodHandle setPriority() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("setpriority"),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  }

  /** Has the JVM make as many as code of users needs, unless the operator has said how many. */
  static void provide() {
    if (System.getProperty(PARALLELISM) == null) {
      var scheduler = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
      scheduler.setParallelism(Math.max(FEWEST, scheduler.getParallelism()));
    }
  }

  /** Lowers the thread that carries the current one, if that is virtual. */
  static void lower() {
    if (SET_PRIORITY != null && Thread.currentThread().isVirtual()) {
      try {
        int _ = (int) SET_PRIORITY.invokeExact(PRIO_PROCESS, ITSELF, NICE);
      } catch (Throwable e) {
        throw new AssertionError("a call of C throws nothing", e);
      }
    }
  }
}
