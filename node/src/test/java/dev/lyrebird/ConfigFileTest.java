package dev.lyrebird;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigFileTest {

  private static final Path SHIPPED = Path.of("../conf/config.yaml");

  @TempDir Path folder;

  @BeforeEach
  void aSchemaStandsBesideTheFile() throws IOException {
    Files.writeString(folder.resolve("schema.graphql"), "type topics { id: ID! }");
  }

  @Test
  void shippedFileHoldsEveryKeyWithItsDefault() throws IOException {
    YAMLMapper yaml = new YAMLMapper();
    JsonNode shipped = yaml.readTree(SHIPPED.toFile());
    ObjectNode defaults = yaml.valueToTree(NodeConfig.DEFAULT);
    defaults.withObject("/node").put("name", "");
    assertEquals(yaml.writeValueAsString(defaults), yaml.writeValueAsString(shipped));
  }

  @Test
  void shippedFileExplainsEveryKeyOnTheLineAbove() throws IOException {
    List<String> lines = Files.readAllLines(SHIPPED);
    for (int i = 1; i < lines.size(); i++) {
      boolean isValue = lines.get(i).strip().matches("\\w+: .+");
      if (isValue) {
        assertTrue(lines.get(i - 1).strip().startsWith("# "), "no comment above: " + lines.get(i));
      }
    }
  }

  @Test
  void shippedFileIsRead() {
    NodeConfig config = ConfigFile.read(SHIPPED, List.of());
    Path root = Path.of("..").toAbsolutePath().normalize();
    assertEquals(root.resolve("data").toString(), config.storage().path());
    assertEquals(
        List.of(root.resolve("conf/schema.graphql").toString()), config.graphqlSchema().files());
  }

  @Test
  void emptyFileIsAllDefaults() throws IOException {
    assertEquals(NodeConfig.DEFAULT.mqtt(), read("").mqtt());
    assertEquals(NodeConfig.DEFAULT.http(), read("# nothing\n").http());
  }

  @Test
  void nameIsTheHostsUnlessGiven() throws IOException {
    assertEquals(InetAddress.getLocalHost().getHostName(), read("").node().name());
    assertEquals("7", read("node: {name: 7}").node().name());
  }

  @Test
  void keysOfAFileReplaceTheirDefaultsAlone() throws IOException {
    NodeConfig config = read("http:\n  port: 8080\nstorage:\n  sync: always\n");
    assertEquals(8080, config.http().port());
    assertEquals(NodeConfig.DEFAULT.http().host(), config.http().host());
    assertEquals(NodeConfig.Storage.Sync.ALWAYS, config.storage().sync());
  }

  @Test
  void settingsOverrideTheFile() throws IOException {
    NodeConfig config =
        read(
            "http: {port: 8080}",
            "http.port=0",
            "cluster.members=[a:1,b:2]",
            "rest.webSocket=false",
            "node.name=");
    assertEquals(0, config.http().port());
    assertEquals(List.of("a:1", "b:2"), config.cluster().members());
    assertFalse(config.rest().webSocket());
    assertTrue(config.rest().lastModified());
  }

  @Test
  void oneTextIsAListOfOne() throws IOException {
    assertEquals(List.of("a:1"), read("cluster: {members: 'a:1'}").cluster().members());
  }

  @Test
  void restIsASwitchOrAGroup() throws IOException {
    assertFalse(read("rest: false").rest().enabled());
    assertTrue(read("rest: false", "rest=true").rest().enabled());
    NodeConfig.Rest rest = read("rest: {webSocket: false, lastModified: true}").rest();
    assertEquals(new NodeConfig.Rest(true, false, true, true), rest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http: {prot: 1}               | unknown key http.prot; the nearest known one is http.port
          http: {Port: 1}               | unknown key http.Port; the nearest known one is http.port
          port: 1                       | unknown key port; the nearest known one is http.port
          mqtt: {host: a}               | unknown key mqtt.host; the nearest known one is mqtt.network.host
          storage: {path: {a: 1}}       | storage.path is {"a":1}, but must be a text
          http: {port: "1"}             | http.port is "1", but must be a whole number of at most 2147483647
          http: {port: 1.5}             | http.port is 1.5, but must be a whole number of at most 2147483647
          http: {port: 5000000000}      | http.port is 5000000000, but must be a whole number of at most 2147483647
          http: 5                       | http is 5, but must be a group of keys
          http:                         | http is null, but must be a group of keys
          mqtt: {webSocket: 1}          | mqtt.webSocket is 1, but must be true or false
          cluster: {members: [[a]]}     | cluster.members is [["a"]], but must be a text or a list of texts, like [a, b]
          - a                           | The configuration is ["a"], but must be a group of keys
          """)
  void wrongShapeIsRefusedNamingFileAndKey(String yaml, String message) {
    assertEquals(folder.resolve("config.yaml") + ": " + message, refusal(() -> read(yaml)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http.port=65536             | http.port is 65536, but must be from 0 to 65535
          mqtt.network.port=-1        | mqtt.network.port is -1, but must be from 0 to 65535
          storage.journalMaxBytes=1   | storage.journalMaxBytes is 1, but must be from 1048576 to 1099511627776
          storage.sync=often          | storage.sync is often, but must be one of: always, interval, os
          operations.host=no.invalid  | operations.host is no.invalid, which has no address
          mqtt.network.host=0.0.0.0   | mqtt.network.host is 0.0.0.0, but a node without authentication listens on loopback only: 127.0.0.1 or ::1
          mqtt.authentication.required=true | mqtt.authentication.required is true, but nobody could log in: name a file of users in usersFile
          cluster.host=8.8.8.8        | cluster.host is 8.8.8.8, but who reaches that port is let in unasked: name an address of a private network
          cluster.host=0.0.0.0        | cluster.host is 0.0.0.0, but who reaches that port is let in unasked: name an address of a private network
          cluster.host=2001:db8::1    | cluster.host is 2001:db8::1, but who reaches that port is let in unasked: name an address of a private network
          cluster.name=               | cluster.name is empty, but nodes find one another by it
          cluster.pushBytes=1         | cluster.pushBytes is 1, but must be from 65536 to 1073741824
          cluster.tls.keyFile=key.pem | cluster.tls.keyFile, certificateFile and trustFile go together: name all three or none
          graphqlSchema.files=[a.gql] | graphqlSchema.files has a.gql, but in {folder} is no such file
          graphqlSchema.files=[x/*.gql] | graphqlSchema.files has x/*.gql, but in {folder} is no such file
          http.port                   | --set http.port: expected key=value
          http.prot=1                 | unknown key http.prot; the nearest known one is http.port
          """)
  void wrongValueIsRefusedNamingKeyValueAndRange(String setting, String message) {
    String expected = message.replace("{folder}", folder.toString());
    assertEquals(expected, refusal(() -> read("", setting)));
  }

  @Test
  void brokenYamlIsRefusedNamingThePlace() {
    assertEquals(
        folder.resolve("config.yaml")
            + ": line 2, column 1: expected ',' or ']', but got <stream end>",
        refusal(() -> read("http: [1\n")));
  }

  @Test
  void sameKeyTwiceIsRefused() {
    String refusal = refusal(() -> read("http: {port: 1}\nhttp: {port: 2}\n"));
    assertTrue(refusal.contains("line 2"), refusal);
  }

  @Test
  void missingFileIsRefusedNamingIt() {
    Path absent = folder.resolve("absent.yaml");
    assertEquals(
        "Cannot read the configuration " + absent,
        refusal(() -> ConfigFile.read(absent, List.of())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "fd00::1", "fe80::1"})
  void clusterMayStandOnAPrivateNetwork(String host) throws IOException {
    assertEquals(host, read("", "cluster.host='" + host + "'").cluster().host());
  }

  @Test
  void mqttMayBeReachedByStrangersWhoHaveToLogIn() throws IOException {
    NodeConfig.Mqtt mqtt =
        read("""
        mqtt:
          network: {host: 0.0.0.0}
          authentication: {usersFile: users, required: true}
        """)
            .mqtt();
    assertEquals("0.0.0.0", mqtt.network().host());
    assertEquals(folder.resolve("users").toString(), mqtt.authentication().usersFile());
  }

  @Test
  void filesOfTheClusterStartAtTheFolderOfTheFile() throws IOException {
    NodeConfig.Cluster cluster =
        read("""
        cluster:
          hazelcast: hazelcast.xml
          tls: {keyFile: key.pem, certificateFile: ../cert.pem, trustFile: /etc/ca.pem}
        """)
            .cluster();
    assertEquals(folder.resolve("hazelcast.xml").toString(), cluster.hazelcast());
    assertEquals(folder.resolve("key.pem").toString(), cluster.tls().keyFile());
    assertEquals(folder.resolveSibling("cert.pem").toString(), cluster.tls().certificateFile());
    assertEquals("/etc/ca.pem", cluster.tls().trustFile());
    assertEquals("", read("").cluster().hazelcast());
  }

  @Test
  void globsAreReplacedByTheFilesTheyMatch() throws IOException {
    Files.createDirectories(folder.resolve("more/deep"));
    Path one = Files.writeString(folder.resolve("more/one.graphql"), "");
    Path two = Files.writeString(folder.resolve("more/deep/two.graphql"), "");
    Path schema = folder.resolve("schema.graphql");
    assertEquals(files(schema), read("", "graphqlSchema.files=['*.graphql']").graphqlSchema());
    assertEquals(
        files(one, two),
        read("", "graphqlSchema.files=[more/one.graphql, '*/*/*.graphql']").graphqlSchema());
    assertEquals(
        files(two, one, schema),
        read("", "graphqlSchema.files=['more/**.graphql', " + schema + "]").graphqlSchema());
  }

  private static NodeConfig.GraphqlSchema files(Path... files) {
    return new NodeConfig.GraphqlSchema(List.of(files).stream().map(Path::toString).toList());
  }

  private static String refusal(Executable reading) {
    return String.valueOf(assertThrows(ConfigException.class, reading).getMessage());
  }

  private NodeConfig read(String yaml, String... settings) throws IOException {
    Path file = Files.writeString(folder.resolve("config.yaml"), yaml);
    return ConfigFile.read(file, List.of(settings));
  }
}
