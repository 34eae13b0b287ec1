package dev.lyrebird.harness;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The system calls behind {@link Network}, which the JDK does not offer: to enter a network
 * namespace, and to open the end of a wire there. Any thread may call; each is a plain call of
 * libc.
 */
final class Linux {

  private static final int O_RDONLY = 0;
  private static final int O_RDWR = 2;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final long TUNSETIFF = 0x400454caL;

  /** A point-to-point interface that carries bare IP packets, without a header of its own. */
  private static final short IFF_TUN_WITHOUT_HEADER = 0x0001 | 0x1000;

  /** struct ifreq: the interface's name, then a union of which the flags come first. */
  private static final int IFREQ_BYTES = 40;

  private static final int IFREQ_NAME_BYTES = 16;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SETNS =
      function(
          "setns",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle IOCTL =
      function(
          "ioctl",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle READ = transfer("read");
  private static final MethodHandle WRITE = transfer("write");
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private Linux() {}

  /** A call that failed. */
  static final class CallFailed extends RuntimeException {
    CallFailed(String call, int errno) {
      super(call + " failed with errno " + errno);
    }
  }

  /** Moves the calling platform thread into a network namespace: its new sockets belong there. */
  static void enterNetwork(String namespaceFile) {
    int file = open(namespaceFile, O_RDONLY);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      checked("setns", state, () -> (int) SETNS.invokeExact(state, file, CLONE_NEWNET));
    } finally {
      close(file);
    }
  }

  /** Makes an interface of this name in the calling thread's namespace; returns our end of it. */
  static int openTunnel(String name) {
    int tunnel = open("/dev/net/tun", O_RDWR);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment request = arena.allocate(IFREQ_BYTES);
      request.setString(0, name);
      request.set(ValueLayout.JAVA_SHORT, IFREQ_NAME_BYTES, IFF_TUN_WITHOUT_HEADER);
      checked("ioctl", state, () -> (int) IOCTL.invokeExact(state, tunnel, TUNSETIFF, request));
      return tunnel;
    } catch (CallFailed e) {
      close(tunnel);
      throw e;
    }
  }

  /** Waits for a packet and puts it into {@code buffer}; returns its length. */
  static int read(int file, MemorySegment buffer) {
    return transferred("read", READ, file, buffer, buffer.byteSize());
  }

  /** Writes the first bytes of {@code buffer}. */
  static void write(int file, MemorySegment buffer, int length) {
    var _ = transferred("write", WRITE, file, buffer, length);
  }

  static void close(int file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      checked("close", state, () -> (int) CLOSE.invokeExact(state, file));
    }
  }

  private static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment name = arena.allocateFrom(path);
      return checked("open " + path, state, () -> (int) OPEN.invokeExact(state, name, flags));
    }
  }

  private static int transferred(
      String what, MethodHandle call, int file, MemorySegment buffer, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      return checked(
          what, state, () -> Math.toIntExact((long) call.invokeExact(state, file, buffer, length)));
    }
  }

  @FunctionalInterface
  private interface Call {
    int perform() throws Throwable;
  }

  private static int checked(String what, MemorySegment state, Call call) {
    int result;
    try {
      result = call.perform();
    } catch (Throwable e) {
      throw new LinkageError("cannot call " + what, e);
    }
    if (result < 0) {
      throw new CallFailed(what, (int) ERRNO.get(state, 0L));
    }
    return result;
  }

  private static MethodHandle transfer(String name) {
    return function(
        name,
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG));
  }

  /** A signature that does not fit its function can crash the JVM: those above are libc's own. */
  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    List<Linker.Option> all = new ArrayList<>(List.of(options));
    all.add(Linker.Option.captureCallState("errno"));
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), signature, all.toArray(Linker.Option[]::new));
  }
}
