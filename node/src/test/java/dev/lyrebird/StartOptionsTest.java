package dev.lyrebird;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class StartOptionsTest {

  private static final String SHIPPED = "../conf/config.yaml";

  @Test
  void settingsMayBeRepeated() {
    NodeConfig config =
        read("--config", SHIPPED, "--set", "http.port=0", "--set", "cluster.members=[a:1,b:2]");
    assertEquals(0, config.http().port());
    assertEquals(2, config.cluster().members().size());
  }

  @Test
  void dataStartsAtTheCurrentFolderAndOutweighsTheFile() {
    NodeConfig config =
        read("--config", SHIPPED, "--data", "it's: #1", "--set", "storage.path=other");
    assertEquals(Path.of("it's: #1").toAbsolutePath().toString(), config.storage().path());
  }

  @Test
  void configIsTheInstallationsUnlessGiven() {
    ConfigException refused = assertThrows(ConfigException.class, () -> read());
    Path expected = Path.of("conf/config.yaml").toAbsolutePath();
    assertEquals("Cannot read the configuration " + expected, refused.getMessage());
  }

  private static NodeConfig read(String... arguments) {
    return CommandLine.populateCommand(new StartOptions(), arguments).read();
  }
}
