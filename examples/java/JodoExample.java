import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client's test in Java 11 or later: one file, no libraries, and a running sandbox.
 *
 * <pre>
 *   jodo-mock serve &amp;
 *   java examples/java/JodoExample.java
 * </pre>
 *
 * JODO_MOCK_URL says where the server is, JODO_MOCK_ADMIN_TOKEN what its admin API asks for, if it does.
 */
public class JodoExample {
    private static final Map<String, String> ENVIRONMENT = System.getenv();
    private static final String BASE = ENVIRONMENT.getOrDefault("JODO_MOCK_URL", "http://127.0.0.1:8080");
    private static final String TOKEN = ENVIRONMENT.getOrDefault("JODO_MOCK_ADMIN_TOKEN", "none");

    private final String key;
    private final String endpoint;
    private final String apikey;
    private final String servicekey;

    private JodoExample() throws IOException {
        String made = admin("POST", "/sandboxes", "{\"edition\": \"1.0.6\"}");
        key = member(made, "key");
        endpoint = member(made, "endpoint");
        apikey = member(made, "apikey");
        servicekey = member(made, "VoiceProcess");
    }

    public static void main(String[] arguments) throws IOException {
        JodoExample jodo = new JodoExample();
        try {
            jodo.run();
        } finally {
            jodo.admin("DELETE", "/sandboxes/" + jodo.key, null);
        }
    }

    private void run() throws IOException {
        String answer = push("9876500001");
        expect("the push is taken", "1", member(answer, "status"));
        expect("the first customer of every sandbox is 125", "125", member(answer, "customercode"));
        expect("and its first call 796", "796", member(answer, "calllistid"));
        expect("the second is 126", "126", member(push("9876500002"), "customercode"));
        expect("a number that is too short is refused", "043", member(push("12345"), "statuscode"));

        admin("POST", "/sandboxes/" + key + "/faults", "{\"status\": 38}");
        expect("a failure on purpose", "038", member(push("9876500003"), "status"));

        String journal = admin("GET", "/sandboxes/" + key + "/requests?method=ImportProcessData", null);
        expect("the journal has all four pushes", "4", member(journal, "total"));
    }

    /** Sends a command as clients do: a form with one field, data, that holds JSON. */
    private String push(String number) throws IOException {
        String command = "{\"method\":\"ImportProcessData\",\"apikey\":\"" + apikey + "\",\"servicekey\":\""
            + servicekey + "\",\"media\":\"12\",\"updateparam\":\"mobilenumber\",\"data\":[{\"sr_number\":\"1\","
            + "\"mobilenumber\":\"" + number + "\"}]}";
        return send("POST", endpoint, "data=" + URLEncoder.encode(command, StandardCharsets.UTF_8), false);
    }

    private String admin(String verb, String path, String body) throws IOException {
        return send(verb, BASE + "/__admin" + path, body, true);
    }

    private static String send(String verb, String url, String body, boolean admin) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
        connection.setRequestMethod(verb);
        connection.setConnectTimeout(10_000);
        connection.setReadTimeout(10_000);
        if (admin) {
            connection.setRequestProperty("Authorization", "Bearer " + TOKEN);
        }
        if (body != null) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        try (InputStream stream = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            String text = stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            if (status >= 400) {
                throw new IOException(verb + " " + url + ": HTTP " + status + ": " + text);
            }
            return text;
        }
    }

    /** Returns the value of a member of a JSON text, without quotes; a client of yours has a parser for this. */
    private static String member(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\" *: *\"?([^\",}]*)").matcher(json);
        if (!found.find()) {
            throw new AssertionError("there is no " + name + " in " + json);
        }
        return found.group(1);
    }

    private static void expect(String what, String expected, String got) {
        if (!expected.equals(got)) {
            throw new AssertionError(what + ": expected '" + expected + "', got '" + got + "'");
        }
        System.out.println("ok: " + what);
    }
}
