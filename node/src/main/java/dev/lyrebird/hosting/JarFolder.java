package dev.lyrebird.hosting;

import dev.lyrebird.api.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars of users' code in one folder, and the classes that the configuration names. Jars that
 * come, go or are replaced are noticed when somebody has it look; a bad one leaves what was there
 * before.
 *
 * <p>Used by one thread at a time, but that {@link #stop} may be called beside a {@link #look}.
 */
public final class JarFolder {

  /** How often {@link #look} is to be called. */
  public static final long LOOK_MILLIS = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(JarFolder.class);

  /** Under this name the host knows routes of classes that are in no jar of the folder. */
  private static final String CLASS_PATH = "resources.routes";

  /** How long the end waits for a look that has called users' code. */
  private static final Duration STOPPING = Duration.ofSeconds(5);

  private final Path folder;
  private final List<NamedRoute> wanted;
  private final Host host;
  private final Path copies;
  private final Map<Path, Loaded> loaded = new LinkedHashMap<>();
  private final List<Object> madeOfClassPath = new ArrayList<>();

  /** Jars whose code may still run. */
  private final List<Retired> retired = new ArrayList<>();

  /** Jars that could not be loaded, as they were then: they are not tried again. */
  private final Map<Path, Stamp> refused = new LinkedHashMap<>();

  /** How each file was when it was looked at last. */
  private Map<Path, Stamp> seen = Map.of();

  /** Held by a look. */
  private final ReentrantLock looking = new ReentrantLock();

  /** Whether nothing more is to be served. */
  private volatile boolean isStopped;

  private record Stamp(FileTime changed, long bytes) {}

  private record Loaded(Jar jar, Stamp stamp) {}

  private record Retired(Jar jar, List<HostedRoute> routes) {}

  /**
   * @param folder which need not exist
   * @param routes paths with the names of classes
   * @param host what serves the routes
   * @throws IllegalArgumentException where one of the routes cannot be read
   */
  public JarFolder(Path folder, List<String> routes, Host host) {
    this.folder = folder;
    this.wanted = routes.stream().map(NamedRoute::parse).toList();
    this.host = host;
    try {
      this.copies = Files.createTempDirectory("lyrebird-resources");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Loads all there is.
   *
   * @throws IllegalArgumentException which names what cannot be loaded, and why
   */
  public void load() {
    seen = stamps();
    seen.forEach(this::load);
    Router router = new Router();
    for (NamedRoute route : wanted) {
      if (loaded.values().stream().noneMatch(each -> each.jar().has(route.className()))) {
        addFromClassPath(route, router);
      }
    }
    host.serve(CLASS_PATH, router.routes());
  }

  private void addFromClassPath(NamedRoute route, Router router) {
    try {
      madeOfClassPath.add(route.addTo(router, JarFolder.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "resources.routes names the class %s for the path %s, but no jar in %s holds it"
              .formatted(route.className(), route.pattern(), folder),
          e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("%s: %s".formatted(route.className(), e), e);
    }
  }

  /** Tells whether the jar is served, as the end has not come meanwhile. */
  private boolean load(Path file, Stamp stamp) {
    Jar jar = Jar.load(file, wanted, copies);
    if (isStopped) {
      jar.close();
      return false;
    }
    List<HostedRoute> before;
    try {
      before = host.serve(file.toString(), jar.routes());
    } catch (IllegalArgumentException e) {
      jar.close();
      throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
    }
    Loaded replaced = loaded.put(file, new Loaded(jar, stamp));
    if (replaced != null) {
      retired.add(new Retired(replaced.jar(), before));
    }
    return true;
  }

  /** Looks which jars have come, gone or been replaced since, and stand still by now. */
  public void look() {
    looking.lock();
    try {
      if (!isStopped) {
        lookAtAll();
      }
    } finally {
      looking.unlock();
    }
  }

  private void lookAtAll() {
    closeRetired();
    Map<Path, Stamp> now = stamps();
    for (Path file : List.copyOf(loaded.keySet())) {
      if (!now.containsKey(file)) {
        remove(file);
      }
    }
    refused.keySet().retainAll(now.keySet());
    now.forEach((file, stamp) -> {
      Loaded known = loaded.get(file);
      boolean standsStill = stamp.equals(seen.get(file));
      if (standsStill && (known == null || !known.stamp().equals(stamp))) {
        reload(file, stamp);
      }
    });
    seen = now;
  }

  private void reload(Path file, Stamp stamp) {
    if (stamp.equals(refused.get(file))) {
      return;
    }
    try {
      if (load(file, stamp)) {
        refused.remove(file);
        LOG.atInfo().addKeyValue("jar", file).log("users' code is loaded");
      }
    } catch (IllegalArgumentException e) {
      refused.put(file, stamp);
      LOG.atError()
          .addKeyValue("jar", file)
          .setCause(e)
          .log("a jar cannot be loaded; what was there before goes on");
    }
  }

  private void remove(Path file) {
    Loaded gone = loaded.remove(file);
    if (gone != null) {
      refused.clear(); // another may have been refused for the paths that this one had
      retired.add(new Retired(gone.jar(), host.serve(file.toString(), List.of())));
      LOG.atInfo().addKeyValue("jar", file).log("users' code is gone");
    }
  }

  private void closeRetired() {
    for (Iterator<Retired> each = retired.iterator(); each.hasNext(); ) {
      Retired next = each.next();
      if (next.routes().stream().allMatch(HostedRoute::isIdle)) {
        each.remove();
        next.jar().close();
      }
    }
  }

  /**
   * Serves nothing more from now on, whoever still looks. Waits for a look that is under way; one
   * in which users' code does not end is left behind.
   */
  public void stop() {
    isStopped = true;
    try {
      if (looking.tryLock(STOPPING.toNanos(), TimeUnit.NANOSECONDS)) {
        looking.unlock();
      } else {
        LOG.atWarn()
            .addKeyValue("folder", folder)
            .log("a jar was being loaded, and its code does not end; it is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets go of everything, once this was stopped and the host has been closed. */
  public void close() {
    retired.forEach(each -> each.jar().close());
    loaded.values().forEach(each -> each.jar().close());
    NamedRoute.closeAll(madeOfClassPath);
    retired.clear();
    loaded.clear();
    try {
      Files.deleteIfExists(copies);
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("folder", copies).setCause(e).log("a folder could not be deleted");
    }
  }

  private Map<Path, Stamp> stamps() {
    if (!Files.isDirectory(folder)) {
      return Map.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      Map<Path, Stamp> all = new LinkedHashMap<>();
      for (Path file : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        try {
          BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
          all.put(file, new Stamp(is.lastModifiedTime(), is.size()));
        } catch (NoSuchFileException e) {
          LOG.atDebug().addKeyValue("jar", file).log("a jar has just gone");
        }
      }
      return all;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the folder %s cannot be read: %s".formatted(folder, e.getMessage()), e);
    }
  }
}
