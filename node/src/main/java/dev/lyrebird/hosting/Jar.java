package dev.lyrebird.hosting;

import dev.lyrebird.api.Router;
import dev.lyrebird.api.Routes;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users' code in a jar, under a class loader of its own: two jars may hold different classes of one
 * name, and a jar may be replaced. A copy is loaded, so that the file itself may be overwritten.
 *
 * <p>Made and closed by one thread at a time.
 */
final class Jar {

  private static final Logger LOG = LoggerFactory.getLogger(Jar.class);

  private final Path file;
  private final Path copy;
  private final URLClassLoader loader;
  private final Router router = new Router();
  private final List<Object> made = new ArrayList<>();

  private Jar(Path file, Path copy, URLClassLoader loader) {
    this.file = file;
    this.copy = copy;
    this.loader = loader;
  }

  /**
   * Loads a jar, and has its code say what its routes are.
   *
   * @param wanted classes that are to stand behind paths; those that are not in this jar are left
   * @param folder where its copy goes
   * @throws IllegalArgumentException which says what is wrong with it
   */
  static Jar load(Path file, List<NamedRoute> wanted, Path folder) {
    Jar jar = opened(file, folder);
    try {
      jar.find(wanted);
      return jar;
    } catch (IllegalArgumentException e) {
      jar.close();
      throw e;
    } catch (Throwable e) { // users' code may throw anything
      jar.close();
      throw new IllegalArgumentException("%s: %s".formatted(file, e), e);
    }
  }

  private static Jar opened(Path file, Path folder) {
    try {
      byte[] bytes = Files.readAllBytes(file); // first: who fails here leaves nothing behind
      Path copy = Files.createTempFile(folder, "", "-" + file.getFileName());
      write(copy, bytes);
      URL[] path = {copy.toUri().toURL()};
      return new Jar(file, copy, new URLClassLoader(path, Jar.class.getClassLoader()));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void write(Path copy, byte[] bytes) throws IOException {
    try {
      Files.write(copy, bytes);
    } catch (IOException e) {
      Files.deleteIfExists(copy); // as where the disk is full
      throw e;
    }
  }

  private void find(List<NamedRoute> wanted) throws ReflectiveOperationException {
    for (NamedRoute route : wanted) {
      if (has(route.className())) {
        made.add(route.addTo(router, loader));
      }
    }
    for (ServiceLoader.Provider<Routes> provider :
        ServiceLoader.load(Routes.class, loader).stream().toList()) {
      if (loader.equals(provider.type().getClassLoader())) {
        Routes routes = provider.get();
        routes.addTo(router);
        made.add(routes);
      }
    }
    if (made.isEmpty()) {
      throw new IllegalArgumentException(
          "%s holds no service %s, and resources.routes names no class of it"
              .formatted(file, Routes.class.getName()));
    }
  }

  /** Tells whether a class is in the jar itself. */
  boolean has(String className) {
    return loader.findResource(className.replace('.', '/') + ".class") != null;
  }

  /** Returns its routes. */
  List<Router.Placed> routes() {
    return router.routes();
  }

  /** Lets go of its classes, and closes what it has made that can be. */
  void close() {
    NamedRoute.closeAll(made);
    try {
      loader.close();
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("jar", file).setCause(e).log("a jar could not be let go of");
    }
  }
}
