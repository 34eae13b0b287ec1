package dev.lyrebird.api;

/**
 * The tables of the node. Any thread may call, but an event loop's; each call of a table waits for
 * it.
 */
public interface Tables {

  /**
   * Returns a table, exported or not.
   *
   * @param name of its type in the schema, of the table, or the path at which it is exported
   * @throws IllegalArgumentException where there is none, with the name that is nearest
   */
  Table table(String name);

  /** Returns a resource that behaves as a table does at its own path; see {@link TableResource}. */
  default Resource resource(String name) {
    return new TableResource(name);
  }
}
