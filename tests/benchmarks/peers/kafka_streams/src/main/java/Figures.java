import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import java.util.function.UnaryOperator;

/**
 * What an event adds to which counts: the table that all peers share (figures.json, explained in
 * counting.py), read once into small objects.
 */
final class Figures {
    private static final String NOBODY = "-";
    private static final int DAY = "2026-11-20".length();
    private static final int MONTH = "2026-11".length();
    private final Map<String, List<Rule>> rules = new HashMap<>();

    private record Addition(String figure, String day, Path value, long times) {}

    private record Rule(String field, String wanted, Path whose, List<Addition> additions) {
        boolean holds(JsonNode data) {
            return field.isEmpty() || data.get(field).textValue().equals(wanted);
        }
    }

    /** A field of an event, or the first element of a list in it: {@code a.0}. */
    private record Path(String[] steps) {
        static Path of(JsonNode text) {
            return text == null || text.isNull() ? null : new Path(text.textValue().split("\\."));
        }

        JsonNode in(JsonNode data) {
            JsonNode found = data;
            for (int step = 0; step < steps.length && found != null; step++) {
                found = found.isArray()
                        ? found.get(Integer.parseInt(steps[step]))
                        : found.get(steps[step]);
            }
            return found;
        }
    }

    Figures(File table) throws IOException {
        for (Map.Entry<String, JsonNode> type : new ObjectMapper().readTree(table).properties()) {
            List<Rule> found = new ArrayList<>();
            type.getValue().forEach(rule -> found.add(rule(rule)));
            rules.put(type.getKey(), List.copyOf(found));
        }
    }

    private static Rule rule(JsonNode written) {
        List<Addition> additions = new ArrayList<>();
        for (JsonNode one : written.get("adds")) {
            additions.add(
                    new Addition(
                            one.get("figure").textValue(),
                            one.get("day").textValue(),
                            Path.of(one.get("value")),
                            one.path("times").asLong(1)));
        }
        return new Rule(
                written.path("if").path(0).asText(""),
                written.path("if").path(1).asText(""),
                Path.of(written.get("whose")),
                List.copyOf(additions));
    }

    /** Hands on what an event adds: key and number; the department is asked for once a rule. */
    void additions(
            String type, JsonNode data, UnaryOperator<String> departmentOf, ObjLongConsumer<String> add) {
        for (Rule rule : rules.getOrDefault(type, List.of())) {
            if (!rule.holds(data)) {
                continue;
            }
            String employee = null;
            String department = null;
            if (rule.whose() != null) {
                JsonNode whose = rule.whose().in(data);
                boolean isSaid = whose != null && !whose.isNull();
                employee = isSaid ? "|e|" + whose.textValue() + "|" : "|e|-|";
                department =
                        "|d|" + (isSaid ? departmentOf.apply(whose.textValue()) : NOBODY) + "|";
            }
            for (Addition addition : rule.additions()) {
                String figure = addition.figure();
                long number = 1;
                if (addition.value() != null) {
                    JsonNode value = addition.value().in(data);
                    if (value.isObject()) {
                        figure += "|currency:" + value.get("currency").textValue();
                        number = value.get("amount").longValue();
                    } else {
                        number = Math.round(value.doubleValue() * addition.times());
                    }
                }
                if (number != 0) {
                    String moment = data.get(addition.day()).textValue();
                    String day = moment.substring(0, DAY);
                    String month = moment.substring(0, MONTH);
                    add.accept(figure + "|c|all|" + day, number);
                    add.accept(figure + "|c|all|" + month, number);
                    if (employee != null) {
                        add.accept(figure + employee + day, number);
                        add.accept(figure + employee + month, number);
                        add.accept(figure + department + day, number);
                        add.accept(figure + department + month, number);
                    }
                }
            }
        }
    }
}
