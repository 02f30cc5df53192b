#include "protocol/spoken_words.hpp"

#include <algorithm>

namespace velox {

namespace {

using std::to_array;
constexpr auto feminine = number_gender::feminine;

// -- English

constexpr auto en_short_months = to_array<word_pair>({
  {"Jan", "1"},
  {"Feb", "2"},
  {"Mar", "3"},
  {"Apr", "4"},
  {"Jun", "6"},
  {"Jul", "7"},
  {"Aug", "8"},
  {"Sept", "9"},
  {"Sep", "9"},
  {"Oct", "10"},
  {"Nov", "11"},
  {"Dec", "12"},
});

constexpr auto en_currencies = to_array<currency_words>({
  {"$", "USD", "dollar", "dollars", "cent", "cents"},
  {"€", "EUR", "euro", "euros", "cent", "cents"},
  {"£", "GBP", "pound", "pounds", "penny", "pence"},
  {"₹", "INR", "rupee", "rupees", "paisa", "paise"},
  {"¥", "JPY", "yen", "yen", "", ""},
  {"", "CHF", "Swiss franc", "Swiss francs", "centime", "centimes"},
  {"", "CAD", "Canadian dollar", "Canadian dollars", "cent", "cents"},
  {"", "AUD", "Australian dollar", "Australian dollars", "cent", "cents"},
  {"", "MXN", "Mexican peso", "Mexican pesos", "centavo", "centavos"},
});

constexpr auto en_units = to_array<unit_words>({
  {"km/h", "kilometer per hour", "kilometers per hour"},
  {"mph", "mile per hour", "miles per hour"},
  {"km", "kilometer", "kilometers"},
  {"cm", "centimeter", "centimeters"},
  {"mm", "millimeter", "millimeters"},
  {"m²", "square meter", "square meters"},
  {"m", "meter", "meters"},
  {"mi", "mile", "miles"},
  {"ft", "foot", "feet"},
  {"yd", "yard", "yards"},
  {"kg", "kilogram", "kilograms"},
  {"mg", "milligram", "milligrams"},
  {"g", "gram", "grams"},
  {"lbs", "pounds", "pounds"},
  {"lb", "pound", "pounds"},
  {"oz", "ounce", "ounces"},
  {"ml", "milliliter", "milliliters"},
  {"mL", "milliliter", "milliliters"},
  {"L", "liter", "liters"},
  {"l", "liter", "liters"},
  {"°C", "degree Celsius", "degrees Celsius"},
  {"°F", "degree Fahrenheit", "degrees Fahrenheit"},
  {"°", "degree", "degrees"},
  {"Gbps", "gigabit per second", "gigabits per second"},
  {"Mbps", "megabit per second", "megabits per second"},
  {"kbps", "kilobit per second", "kilobits per second"},
  {"TB", "terabyte", "terabytes"},
  {"GB", "gigabyte", "gigabytes"},
  {"MB", "megabyte", "megabytes"},
  {"KB", "kilobyte", "kilobytes"},
  {"kWh", "kilowatt hour", "kilowatt hours"},
  {"kW", "kilowatt", "kilowatts"},
  {"GHz", "gigahertz", "gigahertz"},
  {"MHz", "megahertz", "megahertz"},
  {"kHz", "kilohertz", "kilohertz"},
  {"Hz", "hertz", "hertz"},
  {"hrs", "hours", "hours"},
  {"hr", "hour", "hours"},
  {"h", "hour", "hours"},
  {"mins", "minutes", "minutes"},
  {"min", "minute", "minutes"},
  {"secs", "seconds", "seconds"},
  {"sec", "second", "seconds"},
  {"ms", "millisecond", "milliseconds"},
  {"s", "second", "seconds"},
});

constexpr auto en_magnitudes = to_array<magnitude_words>({
  {"thousand", "thousand", "thousand"},
  {"million", "million", "million"},
  {"billion", "billion", "billion"},
  {"trillion", "trillion", "trillion"},
  {"bn", "billion", "billion"},
  {"k", "thousand", "thousand"},
  {"K", "thousand", "thousand"},
  {"m", "million", "million"},
  {"M", "million", "million"},
  {"B", "billion", "billion"},
});

constexpr auto en_ids = to_array<std::string_view>({
  "zip",
  "code",
  "pin",
  "order",
  "account",
  "reference",
  "confirmation",
  "ticket",
  "flight",
  "id",
  "passcode",
  "otp",
  "invoice",
  "case",
  "policy",
  "extension",
  "booking",
});

constexpr auto en_shorts = to_array<word_pair>({
  {"e.g.", "for example"},
  {"i.e.", "that is"},
  {"w/o", "without"},
  {"w/", "with"},
  {"24/7", "twenty-four seven"},
  {"and/or", "and or"},
});

constexpr spoken_words english{"en",
                               '.',
                               ',',
                               "point",
                               "minus",
                               "plus",
                               "percent",
                               "to",
                               "number",
                               "extension",
                               "about",
                               "and",
                               "equals",
                               "times",
                               "star",
                               "pound",
                               "at",
                               "dot",
                               "slash",
                               "dash",
                               "underscore",
                               "or",
                               "section",
                               "version",
                               "and",
                               {"January", "February", "March", "April", "May",
                                "June", "July", "August", "September",
                                "October", "November", "December"},
                               en_short_months,
                               en_currencies,
                               en_units,
                               en_magnitudes,
                               en_ids,
                               en_shorts};

// -- Spanish

constexpr auto es_short_months = to_array<word_pair>({
  {"ene", "1"},
  {"feb", "2"},
  {"abr", "4"},
  {"jun", "6"},
  {"jul", "7"},
  {"ago", "8"},
  {"sept", "9"},
  {"oct", "10"},
  {"nov", "11"},
  {"dic", "12"},
});

constexpr auto es_currencies = to_array<currency_words>({
  {"€", "EUR", "euro", "euros", "céntimo", "céntimos"},
  {"$", "USD", "dólar", "dólares", "centavo", "centavos"},
  {"£", "GBP", "libra", "libras", "penique", "peniques", feminine},
  {"¥", "JPY", "yen", "yenes", "", ""},
  {"₹", "INR", "rupia", "rupias", "paisa", "paisas", feminine},
  {"", "MXN", "peso mexicano", "pesos mexicanos", "centavo", "centavos"},
  {"", "CHF", "franco suizo", "francos suizos", "céntimo", "céntimos"},
});

constexpr auto es_units = to_array<unit_words>({
  {"km/h", "kilómetro por hora", "kilómetros por hora"},
  {"km", "kilómetro", "kilómetros"},
  {"cm", "centímetro", "centímetros"},
  {"mm", "milímetro", "milímetros"},
  {"m²", "metro cuadrado", "metros cuadrados"},
  {"m", "metro", "metros"},
  {"kg", "kilo", "kilos"},
  {"mg", "miligramo", "miligramos"},
  {"g", "gramo", "gramos"},
  {"ml", "mililitro", "mililitros"},
  {"l", "litro", "litros"},
  {"L", "litro", "litros"},
  {"°C", "grado", "grados"},
  {"°", "grado", "grados"},
  {"Gbps", "gigabit por segundo", "gigabits por segundo"},
  {"Mbps", "megabit por segundo", "megabits por segundo"},
  {"GB", "gigabyte", "gigabytes"},
  {"MB", "megabyte", "megabytes"},
  {"kWh", "kilovatio hora", "kilovatios hora"},
  {"h", "hora", "horas", feminine},
  {"min", "minuto", "minutos"},
  {"seg", "segundo", "segundos"},
  {"s", "segundo", "segundos"},
});

constexpr auto es_magnitudes = to_array<magnitude_words>({
  {"mil", "mil", "mil"},
  {"millones de", "millón de", "millones de"},
  {"millón de", "millón de", "millones de"},
  {"millones", "millón de", "millones de"},
  {"millón", "millón de", "millones de"},
  {"M", "millón de", "millones de"},
});

constexpr auto es_ids = to_array<std::string_view>({
  "código",
  "pin",
  "postal",
  "pedido",
  "cuenta",
  "referencia",
  "reserva",
  "vuelo",
  "factura",
  "extensión",
  "clave",
});

constexpr auto es_shorts = to_array<word_pair>({
  {"p. ej.", "por ejemplo"},
  {"p.ej.", "por ejemplo"},
  {"24/7", "veinticuatro siete"},
  {"y/o", "y o"},
});

constexpr spoken_words spanish{"es",
                               ',',
                               '.',
                               "coma",
                               "menos",
                               "más",
                               "por ciento",
                               "a",
                               "número",
                               "extensión",
                               "unos",
                               "y",
                               "igual a",
                               "por",
                               "asterisco",
                               "almohadilla",
                               "arroba",
                               "punto",
                               "barra",
                               "guion",
                               "guion bajo",
                               "o",
                               "artículo",
                               "versión",
                               "con",
                               {"enero", "febrero", "marzo", "abril", "mayo",
                                "junio", "julio", "agosto", "septiembre",
                                "octubre", "noviembre", "diciembre"},
                               es_short_months,
                               es_currencies,
                               es_units,
                               es_magnitudes,
                               es_ids,
                               es_shorts};

// -- German

constexpr auto de_short_months = to_array<word_pair>({
  {"Jan", "1"},
  {"Feb", "2"},
  {"Mrz", "3"},
  {"Apr", "4"},
  {"Jun", "6"},
  {"Jul", "7"},
  {"Aug", "8"},
  {"Sept", "9"},
  {"Sep", "9"},
  {"Okt", "10"},
  {"Nov", "11"},
  {"Dez", "12"},
});

constexpr auto de_currencies = to_array<currency_words>({
  {"€", "EUR", "Euro", "Euro", "Cent", "Cent"},
  {"$", "USD", "Dollar", "Dollar", "Cent", "Cent"},
  {"£", "GBP", "Pfund", "Pfund", "Penny", "Pence"},
  {"¥", "JPY", "Yen", "Yen", "", ""},
  {"₹", "INR", "Rupie", "Rupien", "Paisa", "Paisa", feminine},
  {"", "CHF", "Franken", "Franken", "Rappen", "Rappen"},
});

constexpr auto de_units = to_array<unit_words>({
  {"km/h", "Kilometer pro Stunde", "Kilometer pro Stunde"},
  {"km", "Kilometer", "Kilometer"},
  {"cm", "Zentimeter", "Zentimeter"},
  {"mm", "Millimeter", "Millimeter"},
  {"m²", "Quadratmeter", "Quadratmeter"},
  {"qm", "Quadratmeter", "Quadratmeter"},
  {"m", "Meter", "Meter"},
  {"kg", "Kilogramm", "Kilogramm"},
  {"mg", "Milligramm", "Milligramm"},
  {"g", "Gramm", "Gramm"},
  {"ml", "Milliliter", "Milliliter"},
  {"l", "Liter", "Liter"},
  {"°C", "Grad", "Grad"},
  {"°", "Grad", "Grad"},
  {"Gbit/s", "Gigabit pro Sekunde", "Gigabit pro Sekunde"},
  {"Mbit/s", "Megabit pro Sekunde", "Megabit pro Sekunde"},
  {"Mbps", "Megabit pro Sekunde", "Megabit pro Sekunde"},
  {"GB", "Gigabyte", "Gigabyte"},
  {"MB", "Megabyte", "Megabyte"},
  {"kWh", "Kilowattstunde", "Kilowattstunden", feminine},
  {"Std.", "Stunde", "Stunden", feminine},
  {"Std", "Stunde", "Stunden", feminine},
  {"h", "Stunde", "Stunden", feminine},
  {"Min.", "Minute", "Minuten", feminine},
  {"Min", "Minute", "Minuten", feminine},
  {"min", "Minute", "Minuten", feminine},
  {"Sek.", "Sekunde", "Sekunden", feminine},
  {"s", "Sekunde", "Sekunden", feminine},
});

constexpr auto de_magnitudes = to_array<magnitude_words>({
  {"Millionen", "Million", "Millionen"},
  {"Million", "Million", "Millionen"},
  {"Mio.", "Million", "Millionen"},
  {"Mio", "Million", "Millionen"},
  {"Milliarden", "Milliarde", "Milliarden"},
  {"Milliarde", "Milliarde", "Milliarden"},
  {"Mrd.", "Milliarde", "Milliarden"},
  {"Mrd", "Milliarde", "Milliarden"},
});

constexpr auto de_ids = to_array<std::string_view>({
  "plz",
  "pin",
  "postleitzahl",
  "bestellnummer",
  "kundennummer",
  "nummer",
  "kontonummer",
  "rechnungsnummer",
  "code",
  "durchwahl",
  "buchungsnummer",
});

constexpr auto de_shorts = to_array<word_pair>({
  {"z. B.", "zum Beispiel"},
  {"z.B.", "zum Beispiel"},
  {"d. h.", "das heißt"},
  {"d.h.", "das heißt"},
  {"bzw.", "beziehungsweise"},
  {"24/7", "rund um die Uhr"},
  {"und/oder", "und oder"},
});

constexpr spoken_words german{"de",
                              ',',
                              '.',
                              "Komma",
                              "minus",
                              "plus",
                              "Prozent",
                              "bis",
                              "Nummer",
                              "Durchwahl",
                              "etwa",
                              "und",
                              "gleich",
                              "mal",
                              "Stern",
                              "Raute",
                              "at",
                              "Punkt",
                              "Schrägstrich",
                              "Bindestrich",
                              "Unterstrich",
                              "oder",
                              "Paragraf",
                              "Version",
                              "und",
                              {"Januar", "Februar", "März", "April", "Mai",
                               "Juni", "Juli", "August", "September", "Oktober",
                               "November", "Dezember"},
                              de_short_months,
                              de_currencies,
                              de_units,
                              de_magnitudes,
                              de_ids,
                              de_shorts};

constexpr auto addresses = to_array<address_words>({
  {"en", "dot", "at", "slash", "dash", "underscore"},
  {"es", "punto", "arroba", "barra", "guion", "guion bajo"},
  {"de", "Punkt", "at", "Schrägstrich", "Bindestrich", "Unterstrich"},
  {"fr", "point", "arobase", "barre oblique", "tiret", "tiret bas"},
  {"pt", "ponto", "arroba", "barra", "hífen", "sublinhado"},
  {"it", "punto", "chiocciola", "barra", "trattino", "trattino basso"},
  {"hi", "डॉट", "ऐट", "स्लैश", "डैश", "अंडरस्कोर"},
});

} // namespace

const spoken_words* spoken_words_of(std::string_view primary) {
  for (auto* x : {&english, &spanish, &german})
    if (x->language == primary)
      return x;
  return nullptr;
}

const address_words* address_words_of(std::string_view primary) {
  auto i = std::ranges::find(addresses, primary, &address_words::language);
  return i == addresses.end() ? nullptr : &*i;
}

} // namespace velox
