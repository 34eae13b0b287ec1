package dev.lyrebird.api;

/**
 * What a jar of users' code offers: named in its {@code META-INF/services/dev.lyrebird.api.Routes},
 * and made by a constructor without parameters. One that is {@link AutoCloseable} is closed when
 * its jar has been replaced and no code of it runs any more, or when the node stops, which waits 5
 * s for that.
 */
@FunctionalInterface
public interface Routes {

  /** Adds its routes. */
  void addTo(Router router);
}
