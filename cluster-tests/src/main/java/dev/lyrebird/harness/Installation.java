package dev.lyrebird.harness;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A built checkout: where the node's jar, its libraries and the shipped configuration lie. Nodes
 * run on the JDK that runs this code.
 */
record Installation(Path root) {

  static final String MAIN = "dev.lyrebird.Main";

  /** The checkout that this code was built in. */
  static Installation find() {
    for (Path folder = ownClasses(); folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("conf")) && Files.isDirectory(folder.resolve("node"))) {
        return new Installation(folder).checked();
      }
    }
    throw new IllegalStateException(ownClasses() + " is not inside a checkout of Lyrebird");
  }

  /** The JVM with the flags that every node needs, whatever its heap: those of the launcher. */
  List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "--add-modules=java.se",
        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-opens=java.management/sun.management=ALL-UNNAMED",
        "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
        "-Dlyrebird.home=" + root,
        "-Dlogback.configurationFile=" + root.resolve("conf/logback.xml"));
  }

  /** The flags of the JVM that users get. */
  String shippedFlags() {
    return "@" + root.resolve("conf/jvm.args");
  }

  String classPath() {
    return jar() + File.pathSeparator + root.resolve("node/target/lib") + File.separator + "*";
  }

  /** The jar or folder that this code lies in. */
  static Path ownClasses() {
    return Path.of(
        Installation.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  Path config() {
    return root.resolve("conf/config.yaml");
  }

  private Path jar() {
    return root.resolve("node/target/lyrebird-node.jar");
  }

  private Installation checked() {
    if (!Files.exists(jar())) {
      throw new IllegalStateException(jar() + " is not built: run mvn package first");
    }
    return this;
  }
}
