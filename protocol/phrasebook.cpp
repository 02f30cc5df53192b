#include "protocol/phrasebook.hpp"

#include <algorithm>
#include <array>

namespace velox {

namespace {

constexpr auto names = std::to_array<language_name>({
  {"en", "English", "English"},
  {"es", "Spanish", "español"},
  {"de", "German", "Deutsch"},
  {"fr", "French", "français"},
  {"pt", "Portuguese", "português"},
  {"it", "Italian", "italiano"},
  {"hi", "Hindi", "हिन्दी"},
});

agent_lines english() {
  agent_lines x;
  x.fillers = {"One moment, please.", "Let me see.", "Just a second.",
               "I am looking into it.", "Bear with me for a moment."};
  return x;
}

agent_lines spanish() {
  agent_lines x;
  x.still_there = "¿Sigue usted ahí?";
  x.still_there_again = "No le oigo. ¿Sigue usted ahí?";
  x.idle_goodbye = "No le oigo, así que voy a colgar. Hasta luego.";
  x.out_of_credit = "Lo siento, tenemos que terminar la llamada. Hasta luego.";
  x.too_long = "Se nos ha acabado el tiempo. Hasta luego.";
  x.trouble = "Lo siento, tengo un problema técnico. Por favor, vuelva a "
              "llamar más tarde. Hasta luego.";
  x.closing = "Lo siento, tengo que terminar la llamada. Hasta luego.";
  x.reconnected = "Disculpe, se ha cortado un momento.";
  x.fillers = {"Un momento, por favor.", "Déjeme ver.", "Un segundo.",
               "Lo estoy consultando.", "Enseguida se lo digo."};
  x.here = "Sí, estoy aquí. Un momento, por favor.";
  x.almost_over = "Nos queda más o menos un minuto.";
  x.recording_notice = "Esta llamada se está grabando.";
  x.recording_question = "¿Le parece bien que grabemos esta llamada? Por "
                         "favor, diga sí o no.";
  return x;
}

agent_lines german() {
  agent_lines x;
  x.still_there = "Sind Sie noch da?";
  x.still_there_again = "Ich kann Sie nicht hören. Sind Sie noch da?";
  x.idle_goodbye
    = "Ich kann Sie nicht hören und lege deshalb jetzt auf. Auf Wiederhören.";
  x.out_of_credit
    = "Es tut mir leid, das Gespräch muss jetzt enden. Auf Wiederhören.";
  x.too_long = "Unsere Zeit ist leider um. Auf Wiederhören.";
  x.trouble = "Es tut mir leid, ich habe ein technisches Problem. Bitte rufen "
              "Sie später noch einmal an. Auf Wiederhören.";
  x.closing
    = "Es tut mir leid, ich muss das Gespräch jetzt beenden. Auf Wiederhören.";
  x.reconnected = "Entschuldigung, die Verbindung war kurz unterbrochen.";
  x.fillers = {"Einen Moment, bitte.", "Ich sehe nach.", "Eine Sekunde.",
               "Ich schaue kurz nach.", "Das haben wir gleich."};
  x.here = "Ja, ich bin da. Einen Moment, bitte.";
  x.almost_over = "Wir haben noch ungefähr eine Minute.";
  x.recording_notice = "Dieses Gespräch wird aufgezeichnet.";
  x.recording_question = "Sind Sie damit einverstanden, dass dieses Gespräch "
                         "aufgezeichnet wird? Bitte sagen Sie Ja oder Nein.";
  return x;
}

agent_lines french() {
  agent_lines x;
  x.still_there = "Vous êtes toujours là ?";
  x.still_there_again = "Je ne vous entends pas. Vous êtes toujours là ?";
  x.idle_goodbye
    = "Je ne vous entends pas, je vais donc raccrocher. Au revoir.";
  x.out_of_credit
    = "Je suis désolé, cet appel doit maintenant prendre fin. Au revoir.";
  x.too_long = "Nous arrivons au bout du temps prévu. Au revoir.";
  x.trouble = "Je suis désolé, je rencontre un problème technique. Merci de "
              "rappeler plus tard. Au revoir.";
  x.closing = "Je suis désolé, je dois mettre fin à cet appel. Au revoir.";
  x.reconnected = "Excusez-moi, nous avons été coupés un instant.";
  x.fillers = {"Un instant, s'il vous plaît.", "Voyons voir.",
               "Une petite seconde.", "Je regarde.",
               "Je vérifie tout de "
               "suite."};
  x.here = "Oui, je suis là. Un instant, s'il vous plaît.";
  x.almost_over = "Il nous reste environ une minute.";
  x.recording_notice = "Cet appel est enregistré.";
  x.recording_question = "Acceptez-vous que cet appel soit enregistré ? "
                         "Répondez par oui ou par non, s'il vous plaît.";
  return x;
}

agent_lines portuguese() {
  agent_lines x;
  x.still_there = "Você ainda está aí?";
  x.still_there_again = "Não estou ouvindo. Você ainda está aí?";
  x.idle_goodbye = "Não estou ouvindo, então vou desligar. Até logo.";
  x.out_of_credit = "Desculpe, precisamos encerrar a ligação agora. Até logo.";
  x.too_long = "O nosso tempo acabou. Até logo.";
  x.trouble = "Desculpe, estou com um problema técnico. Por favor, ligue mais "
              "tarde. Até logo.";
  x.closing = "Desculpe, preciso encerrar a ligação agora. Até logo.";
  x.reconnected = "Desculpe, a ligação caiu por um instante.";
  x.fillers = {"Um momento, por favor.", "Deixe-me ver.", "Só um segundo.",
               "Estou verificando.", "Já lhe digo."};
  x.here = "Sim, estou aqui. Um momento, por favor.";
  x.almost_over = "Temos mais ou menos um minuto.";
  x.recording_notice = "Esta ligação está sendo gravada.";
  x.recording_question = "Podemos gravar esta ligação? Por favor, diga sim ou "
                         "não.";
  return x;
}

agent_lines italian() {
  agent_lines x;
  x.still_there = "È ancora in linea?";
  x.still_there_again = "Non La sento. È ancora in linea?";
  x.idle_goodbye = "Non La sento, quindi ora riaggancio. Arrivederci.";
  x.out_of_credit = "Mi dispiace, ora la chiamata deve terminare. Arrivederci.";
  x.too_long = "Il nostro tempo è finito. Arrivederci.";
  x.trouble = "Mi dispiace, ho un problema tecnico. La prego di richiamare più "
              "tardi. Arrivederci.";
  x.closing = "Mi dispiace, devo terminare la chiamata. Arrivederci.";
  x.reconnected = "Mi scusi, è caduta la linea per un momento.";
  x.fillers = {"Un momento, per favore.", "Vediamo.", "Solo un secondo.",
               "Sto controllando.", "Glielo dico subito."};
  x.here = "Sì, sono qui. Un momento, per favore.";
  x.almost_over = "Ci resta circa un minuto.";
  x.recording_notice = "Questa chiamata viene registrata.";
  x.recording_question = "Acconsente alla registrazione di questa chiamata? "
                         "Per favore, dica sì o no.";
  return x;
}

agent_lines hindi() {
  agent_lines x;
  x.still_there = "क्या आप लाइन पर हैं?";
  x.still_there_again = "मुझे आपकी आवाज़ नहीं आ रही है। क्या आप लाइन पर हैं?";
  x.idle_goodbye
    = "मुझे आपकी आवाज़ नहीं आ रही है, इसलिए मैं कॉल समाप्त कर रही हूँ। धन्यवाद।";
  x.out_of_credit = "माफ़ कीजिए, यह कॉल अब समाप्त करनी होगी। धन्यवाद।";
  x.too_long = "हमारा समय पूरा हो गया है। धन्यवाद।";
  x.trouble = "माफ़ कीजिए, एक तकनीकी समस्या आ गई है। कृपया बाद में फिर से कॉल "
              "कीजिए। धन्यवाद।";
  x.closing = "माफ़ कीजिए, अब यह कॉल समाप्त करनी होगी। धन्यवाद।";
  x.reconnected = "माफ़ कीजिए, कुछ पल के लिए संपर्क टूट गया था।";
  x.fillers = {"एक क्षण, कृपया।", "ज़रा देख लेते हैं।", "बस एक सेकंड।", "जाँच हो रही है।",
               "बस अभी बताते हैं।"};
  x.here = "जी हाँ, सुन रहे हैं। एक क्षण, कृपया।";
  x.almost_over = "हमारे पास लगभग एक मिनट बचा है।";
  x.recording_notice = "यह कॉल रिकॉर्ड की जा रही है।";
  x.recording_question = "क्या इस कॉल को रिकॉर्ड किया जा सकता है? कृपया हाँ या "
                         "नहीं कहें।";
  return x;
}

std::string_view primary_of(std::string_view language) {
  return language.substr(0, language.find_first_of("-_"));
}

} // namespace

std::span<const language_name> phrasebook_languages() {
  return names;
}

const language_name* find_language(std::string_view language) {
  auto i
    = std::ranges::find(names, primary_of(language), &language_name::language);
  return i == names.end() ? nullptr : &*i;
}

agent_lines lines_for(std::string_view language) {
  auto primary = primary_of(language);
  if (primary == "es")
    return spanish();
  if (primary == "de")
    return german();
  if (primary == "fr")
    return french();
  if (primary == "pt")
    return portuguese();
  if (primary == "it")
    return italian();
  return primary == "hi" ? hindi() : english();
}

} // namespace velox
