package dev.lyrebird;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs something whenever the process is sent {@code SIGHUP}, which would end it otherwise.
 *
 * <p>Java has {@code sun.misc.Signal} for that and nothing else. The compiler warns of each mention
 * of it, which cannot be suppressed; so it is found by its name.
 */
final class HangUp {

  private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /** Runs a task on a thread of its own from now on, each time. */
  static void runs(Runnable task) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(task);
      Object running =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      var _ =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), running);
    } catch (ReflectiveOperationException e) {
      LOG.warn("SIGHUP does not reload the schema here; POST /reload does", e); // no POSIX, or -Xrs
    }
  }
}
