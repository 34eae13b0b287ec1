package dev.lyrebird.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A folder that holds all that one node keeps. Used by one thread, and but for {@link #bytes} while
 * no node runs on it.
 */
record Disk(Path folder) {

  /** Leaves an empty folder. */
  void erase() {
    try {
      if (Files.exists(folder)) {
        Files.walkFileTree(folder, new Deleting());
      }
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot empty " + folder, e);
    }
  }

  /** Makes {@code copy} hold what this one holds, and nothing else. */
  void copyTo(Disk copy) {
    copy.erase();
    try {
      Files.walkFileTree(folder, new Copying(folder, copy.folder));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy " + folder, e);
    }
  }

  /** How large the files whose names end so are, those left out that vanish meanwhile. */
  long bytes(String suffix) {
    Measuring measuring = new Measuring(suffix);
    try {
      Files.walkFileTree(folder, measuring);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot measure " + folder, e);
    }
    return measuring.bytes;
  }

  private static final class Measuring extends SimpleFileVisitor<Path> {
    private final String suffix;
    private long bytes;

    Measuring(String suffix) {
      this.suffix = suffix;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      bytes += file.toString().endsWith(suffix) ? attributes.size() : 0;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException vanished) {
      return FileVisitResult.CONTINUE;
    }
  }

  private static final class Deleting extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }

  private static final class Copying extends SimpleFileVisitor<Path> {
    private final Path from;
    private final Path to;

    Copying(Path from, Path to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      Files.createDirectories(to.resolve(from.relativize(folder)));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.copy(file, to.resolve(from.relativize(file)));
      return FileVisitResult.CONTINUE;
    }
  }
}
