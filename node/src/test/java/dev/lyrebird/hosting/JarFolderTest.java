package dev.lyrebird.hosting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Protocol;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutionException;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that are compiled here, loaded, replaced and removed. */
final class JarFolderTest {

  private static final String ROUTES =
      """
      package example;
      import dev.lyrebird.api.Message;
      import dev.lyrebird.api.Router;
      import dev.lyrebird.api.Routes;
      public final class All implements Routes, AutoCloseable {
        @Override public void addTo(Router router) {
          router.get("/word", context -> "%s");
          router.get("/copy", context ->
              All.class.getProtectionDomain().getCodeSource().getLocation().getPath());
          router.connect("/listen", (incoming, context) ->
              outgoing -> { for (Message message : incoming) outgoing.send(message); });
        }
        @Override public void close() { System.setProperty("example.closed", "%s"); }
      }
      """;

  private static final String FAILING =
      """
      package example;
      import dev.lyrebird.api.Router;
      import dev.lyrebird.api.Routes;
      public final class Failing implements Routes {
        @Override public void addTo(Router router) { throw new AssertionError("as ever"); }
      }
      """;

  private static final String SLOW =
      """
      package example;
      import dev.lyrebird.api.Router;
      import dev.lyrebird.api.Routes;
      import java.util.concurrent.Exchanger;
      public final class Slow implements Routes {
        @Override public void addTo(Router router) {
          try {
            Exchanger<?> meeting = (Exchanger<?>) System.getProperties().get("example.meeting");
            meeting.exchange(null); // has begun
            meeting.exchange(null); // may end
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          router.get("/slow", context -> "at last");
        }
      }
      """;

  private static final String OTHER =
      """
      package example;
      import dev.lyrebird.api.Router;
      import dev.lyrebird.api.Routes;
      public final class Other implements Routes {
        @Override public void addTo(Router router) { router.get("/other", context -> "here"); }
      }
      """;

  private static final String DOG =
      """
      package example;
      import dev.lyrebird.api.Context;
      import dev.lyrebird.api.Resource;
      public final class Dog implements Resource {
        @Override public Object get(Context context) { return "woof"; }
      }
      """;

  @TempDir private Path folder;
  @TempDir private Path work;
  private final Host host = Host.ofNothing();
  private final List<JarFolder> opened = new ArrayList<>();
  private int writes;

  @AfterEach
  void close() {
    host.close();
    opened.forEach(JarFolder::close);
  }

  private JarFolder open(String... routes) {
    JarFolder jars = new JarFolder(folder, List.of(routes), host);
    opened.add(jars);
    return jars;
  }

  /** Writes a jar of one class; with a service where the class offers routes. */
  private void write(String jar, String className, String source) throws IOException {
    Path file = Files.writeString(work.resolve(className + ".java"), source);
    String classPath = System.getProperty("java.class.path");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", work.toString(), file.toString());
    assertEquals(0, status);
    Path to = folder.resolve(jar);
    try (OutputStream bytes = Files.newOutputStream(to);
        JarOutputStream out = new JarOutputStream(bytes)) {
      String entry = "example/" + className + ".class";
      out.putNextEntry(new JarEntry(entry));
      out.write(Files.readAllBytes(work.resolve(entry)));
      if (source.contains("implements Routes")) {
        out.putNextEntry(new JarEntry("META-INF/services/dev.lyrebird.api.Routes"));
        out.write(("example." + className).getBytes(StandardCharsets.UTF_8));
      }
    }
    Files.setLastModifiedTime(to, FileTime.fromMillis(1_000_000L + ++writes));
  }

  private @Nullable Object get(String path) throws InterruptedException {
    Host.Match match = host.match(path);
    if (match == null) {
      return "(nowhere)";
    }
    try {
      return match.route().call(Call.GET, Message.text(""), context(match)).get();
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private RequestContext context(Host.Match match) {
    return new RequestContext(
        Protocol.WEB_SOCKET,
        null,
        "127.0.0.1",
        "",
        match,
        Map.of(),
        name -> null,
        "",
        new Facilities(
            name -> {
              throw new IllegalStateException("there are no tables here");
            },
            host::http));
  }

  @Test
  void serviceOfAJarIsServed() throws Exception {
    write("a.jar", "All", ROUTES.formatted("one", "one"));

    open().load();

    assertEquals("one", get("word"));
  }

  @Test
  void jarThatWasRefusedForThePathsOfAnotherTakesThemWhenThatIsGone() throws Exception {
    write("app-1.0.jar", "All", ROUTES.formatted("one", "one"));
    JarFolder jars = open();
    jars.load();
    write("app-1.1.jar", "All", ROUTES.formatted("two", "two"));
    jars.look();
    jars.look();
    assertEquals("one", get("word"));

    Files.delete(folder.resolve("app-1.0.jar"));
    jars.look();

    assertEquals("two", get("word"));
  }

  @Test
  void classThatTheConfigurationNamesIsServed() throws Exception {
    write("dog.jar", "Dog", DOG);

    open("/kennel/dog example.Dog").load();

    assertEquals("woof", get("kennel/dog"));
  }

  /** Waits for the end of a client. */
  private static final class Ended implements Wire {

    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private final CompletableFuture<Boolean> in = new CompletableFuture<>();

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void accept() {
      in.complete(true);
    }

    @Override
    public void refuse(ProblemException problem) {
      in.completeExceptionally(problem);
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void send(Sent message) {}

    @Override
    public void flush() {}

    @Override
    public void read(boolean on) {}

    @Override
    public void close(int how, String reason) {
      code.complete(how);
    }
  }

  @Test
  void replacedJarIsLoadedAnewAndItsConnectionsAreClosedWith1012() throws Exception {
    System.clearProperty("example.closed");
    write("a.jar", "All", ROUTES.formatted("one", "one"));
    write("dog.jar", "Dog", DOG);
    JarFolder jars = open("/dog example.Dog");
    jars.load();
    Ended client = new Ended();
    Host.Match match = host.match("listen");
    assertNotNull(match);
    HostedConnection connection = match.route().connect(context(match), client);
    assertNotNull(connection);
    client.in.get();
    Host.Match untouched = host.match("dog");
    assertNotNull(untouched);

    write("a.jar", "All", ROUTES.formatted("two", "two"));
    jars.look();
    assertEquals("one", get("word"), "it may still be under way");
    jars.look();

    assertEquals("two", get("word"));
    assertEquals(1012, client.code.get());
    connection.gone(1012, "");
    Host.Match still = host.match("dog");
    assertNotNull(still);
    assertEquals(untouched.route(), still.route());
    while (System.getProperty("example.closed") == null) {
      jars.look();
    }
    assertEquals("one", System.getProperty("example.closed"));
  }

  @Test
  void badJarLeavesWhatWasThere() throws Exception {
    write("a.jar", "All", ROUTES.formatted("one", "one"));
    JarFolder jars = open();
    jars.load();

    Files.writeString(folder.resolve("a.jar"), "no jar at all");
    jars.look();
    jars.look();

    assertEquals("one", get("word"));
  }

  @Test
  void jarsComeAndGo() throws Exception {
    JarFolder jars = open("/dog example.Dog");
    assertThrows(IllegalArgumentException.class, jars::load);
    JarFolder later = open();
    later.load();
    write("a.jar", "All", ROUTES.formatted("one", "one"));
    later.look();
    later.look();
    assertEquals("one", get("word"));

    Files.delete(folder.resolve("a.jar"));
    later.look();

    assertNull(host.match("word"));
  }

  private String fault(JarFolder jars) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, jars::load).getMessage());
  }

  @Test
  void faultIsNamed() throws Exception {
    assertTrue(
        fault(open("/dog example.Nowhere"))
            .startsWith(
                "resources.routes names the class example.Nowhere for the path /dog, but no jar in"));
    write("dog.jar", "Dog", DOG);
    assertTrue(
        fault(open())
            .endsWith(
                "dog.jar holds no service dev.lyrebird.api.Routes, and resources.routes names no"
                    + " class of it"));
    assertTrue(
        fault(open("/dog example.Dog", "/dog example.Dog"))
            .endsWith("there is something behind the path /dog already"));
    assertEquals(
        "resources.routes has '/dog', but wants a path and a class: /dog com.example.Dog",
        assertThrows(IllegalArgumentException.class, () -> open("/dog")).getMessage());
  }

  @Test
  void lookAtTheEndIsAwaitedAndServesNothing() throws Exception {
    Exchanger<Object> meeting = new Exchanger<>();
    System.getProperties().put("example.meeting", meeting);
    write("slow.jar", "Slow", SLOW);
    JarFolder jars = open();
    jars.look();
    Thread looking = Thread.ofPlatform().start(jars::look);
    meeting.exchange("has begun");
    System.getProperties().remove("example.meeting");
    Thread stopping = Thread.ofPlatform().start(jars::stop);
    while (stopping.getState() != Thread.State.TIMED_WAITING) {
      assertTrue(stopping.isAlive(), "a look is under way");
    }
    meeting.exchange("may end");
    looking.join();
    stopping.join();
    assertNull(host.match("slow"));

    write("a.jar", "All", ROUTES.formatted("one", "one"));
    jars.look();
    jars.look();
    assertNull(host.match("word"));
  }

  /** Returns where the jar lies that is loaded. */
  private Path copy() throws InterruptedException {
    return Path.of(String.valueOf(get("copy")));
  }

  private void assertAlone(Path copy) throws IOException {
    try (Stream<Path> copies = Files.list(copy.getParent())) {
      assertEquals(List.of(copy), copies.toList());
    }
  }

  @Test
  void copiesAreLeftNowhere() throws Exception {
    write("a.jar", "All", ROUTES.formatted("one", "one"));
    JarFolder jars = open();
    jars.load();
    Path copy = copy();
    assertAlone(copy);
    host.close();
    jars.close();

    assertTrue(Files.notExists(copy.getParent()));
  }

  @Test
  void ofAJarThatCannotBeReadNoCopyIsLeft() throws Exception {
    write("a.jar", "All", ROUTES.formatted("one", "one"));
    JarFolder jars = open();
    jars.load();
    Files.createDirectory(folder.resolve("b.jar"));
    jars.look();
    jars.look();

    assertAlone(copy());
  }

  @Test
  void jarWhoseCodeFailsInAnyWayIsRefusedAndNoOther() throws Exception {
    JarFolder jars = open();
    jars.load();
    write("b.jar", "Failing", FAILING);
    write("c.jar", "Other", OTHER);
    jars.look();
    jars.look();

    assertEquals("here", get("other"));
  }
}
