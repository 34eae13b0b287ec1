package dev.lyrebird.harness;

import java.nio.file.Path;

/** Folders for what programs of this module leave behind, wherever they were called from. */
public final class BuildFolder {

  private BuildFolder() {}

  /** The folder of this name within {@code cluster-tests/target}, which need not exist yet. */
  public static Path of(String name) {
    return Installation.find().root().resolve("cluster-tests").resolve("target").resolve(name);
  }
}
