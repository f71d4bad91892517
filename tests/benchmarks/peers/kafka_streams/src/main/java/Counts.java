import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * Peer: Kafka Streams with exactly_once_v2. It only counts: the figures of the shared table, by
 * employee, department and company, by day and by month.
 *
 * <p>Recommended settings, as its documentation gives them: processing.guarantee=exactly_once_v2
 * with its own commit interval of 100 ms; the default store, RocksDB, with record caching on
 * (statestore.cache.max.bytes, 10 MB) and changelogs on; one stream thread, because there is one
 * partition. The Processor API counts where the record is: the DSL's groupBy would send every
 * record through a repartition topic first, which one partition does not need.
 *
 * <p>Arguments: table of figures, bootstrap servers, topic, number of events, folder for the state.
 * Prints one line of JSON: events and seconds behind the first tenth, in which the virtual machine
 * warms up, and counts.
 */
public final class Counts {
    private static final String COUNTS = "counts";
    private static final String DEPARTMENTS = "departments";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Counts() {}

    public static void main(String[] arguments) throws Exception {
        Figures figures = new Figures(new File(arguments[0]));
        long count = Long.parseLong(arguments[3]);
        ObjectNode found = JSON.createObjectNode();
        CountDownLatch done = new CountDownLatch(1);
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(COUNTS),
                                Serdes.String(),
                                Serdes.Long())
                        .withCachingEnabled());
        builder.addStateStore(
                Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(DEPARTMENTS),
                                Serdes.String(),
                                Serdes.String())
                        .withCachingEnabled());
        builder.stream(arguments[2], Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .process(() -> new Counter(figures, count, found, done), COUNTS, DEPARTMENTS);

        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "peer-" + ProcessHandle.current().pid());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[1]);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, arguments[4]);
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        streams.setUncaughtExceptionHandler(
                error -> {
                    error.printStackTrace();
                    Runtime.getRuntime().halt(1);
                    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
                });
        streams.start();
        done.await();
        streams.close(Duration.ofSeconds(30));
        System.out.println(JSON.writeValueAsString(found));
    }

    /** Adds up what the events of the one partition add. */
    private static final class Counter implements Processor<byte[], byte[], Void, Void> {
        private final Figures figures;
        private final long count;
        private final ObjectNode found;
        private final CountDownLatch done;
        private KeyValueStore<String, Long> counts;
        private KeyValueStore<String, String> departments;
        private long events;
        private long began;

        Counter(Figures figures, long count, ObjectNode found, CountDownLatch done) {
            this.figures = figures;
            this.count = count;
            this.found = found;
            this.done = done;
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            counts = context.getStateStore(COUNTS);
            departments = context.getStateStore(DEPARTMENTS);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            if (events == count / 10) {
                began = System.nanoTime();
            }
            JsonNode event;
            try {
                event = JSON.readTree(record.value());
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
            String type = event.get("type").textValue();
            JsonNode data = event.get("data");
            if (type.equals("employee.upserted")) {
                departments.put(
                        event.get("subject").textValue(), data.get("department_id").textValue());
            }
            figures.additions(type, data, departments::get, this::add);
            events += 1;
            if (events == count) {
                finish();
            }
        }

        private void add(String key, long number) {
            Long value = counts.get(key);
            counts.put(key, value == null ? number : value + number);
        }

        private void finish() {
            found.put("events", count - count / 10);
            found.put("seconds", (System.nanoTime() - began) / 1e9);
            ObjectNode all = found.putObject("counts");
            try (KeyValueIterator<String, Long> entries = counts.all()) {
                entries.forEachRemaining(entry -> all.put(entry.key, entry.value));
            }
            done.countDown();
        }
    }
}
