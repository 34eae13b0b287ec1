package dev.lyrebird.hosting;

import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Router;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A class that the configuration names for a path.
 *
 * @param className of a {@link Resource} or a {@link ConnectionHandler} with a constructor without
 *     parameters
 */
record NamedRoute(String pattern, String className) {

  private static final Logger LOG = LoggerFactory.getLogger(NamedRoute.class);

  /**
   * Reads what the configuration says.
   *
   * @param line a path and the name of a class
   * @throws IllegalArgumentException where it is not that
   */
  static NamedRoute parse(String line) {
    List<String> parts = List.of(line.strip().split("\\s+", -1));
    if (parts.size() != 2) {
      throw new IllegalArgumentException(
          "resources.routes has '%s', but wants a path and a class: /dog com.example.Dog"
              .formatted(line));
    }
    return new NamedRoute(parts.getFirst(), parts.getLast());
  }

  /**
   * Makes an object of the class and puts it behind the path.
   *
   * @return the object
   * @throws IllegalArgumentException where it is not the one nor the other, or cannot be made
   */
  Object addTo(Router router, ClassLoader loader) throws ReflectiveOperationException {
    Object made;
    try {
      made = loader.loadClass(className).getDeclaredConstructor().newInstance();
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          "%s for the path %s needs a constructor without parameters".formatted(className, pattern),
          e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "%s for the path %s cannot be made: %s".formatted(className, pattern, e.getCause()), e);
    }
    switch (made) {
      case Resource resource -> router.resource(pattern, resource);
      case ConnectionHandler<?> handler -> router.ws(pattern, handler);
      default ->
          throw new IllegalArgumentException(
              "%s for the path %s is neither a Resource nor a ConnectionHandler"
                  .formatted(className, pattern));
    }
    return made;
  }

  /** Closes what can be closed of objects of users. */
  static void closeAll(List<Object> made) {
    for (Object each : made) {
      if (each instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (Throwable e) {
          LOG.atError()
              .addKeyValue("class", each.getClass().getName())
              .setCause(e)
              .log("a resource could not be closed");
        }
      }
    }
  }
}
