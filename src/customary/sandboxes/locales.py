"""The words that made-up customers are made of, by country.

All names are invented from common words. Telephone numbers are of the ranges that the countries keep for
fiction, or hold 555; mail domains are those that RFC 2606 reserves.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Locale(Struct, frozen=True, kw_only=True):
    """What customers of one country look like."""

    nationality: str
    share: int
    """How many of a hundred customers are of this country, roughly."""
    firms: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[tuple[str, str, str], ...]
    """Town, state code (3 characters at most), postal code (9 at most)."""
    telephone: str
    """20 characters at most; ``#`` is a digit."""
    currencies: tuple[str, ...]
    """As SYSPRO writes them; blank and ``$`` are the company's local currency."""


LOCALES: Final = (
    Locale(
        nationality="USA",
        share=22,
        firms=(
            "Red Barn",
            "O'Mara",
            "Cedar & Stone",
            'The "Corner" Shop',
            "Twin Pines",
            "Blue Heron",
            "D'Arcy",
        ),
        trades=(
            "Cycles",
            "Supply",
            "Outfitters",
            "Hardware",
            "Sports & Leisure",
            "Wholesale",
            "Tools <Trade>",
        ),
        forms=("Inc.", "LLC", "Co.", "", "& Sons"),
        given=("Alice", "Ben", "Carla", "Dwayne", "Erin", "Frank"),
        family=("O'Dell", "Marsh", "Van Horn", "Smith-Lowe", "Quill", "Birch"),
        streets=("Maple Avenue", "Harbor Drive", "Old Mill Road", "5th Street #4"),
        places=(("Springdale", "CA", "90210"), ("Fairview", "NY", "10001-123"), ("Riverton", "TX", "75001")),
        telephone="(212) 555-01##",
        currencies=("$", "", "$", "", "USD"),
    ),
    Locale(
        nationality="GBR",
        share=14,
        firms=("Thistle & Oak", "King's Lane", "Ashdown", "Marlow's", "Fen & Field", "Saint Bride's"),
        trades=("Bicycles", "Ironmongers", "Trading", "Garden Centre", "Fasteners", "Catering"),
        forms=("Ltd", "Limited", "plc", "LLP", "(Northern) Ltd"),
        given=("Nia", "Callum", "Siobhán", "Rhys", "Gemma"),
        family=("Pryce-Hale", "McTavish", "O'Rourke", "Ludlow", "Ffoulkes"),
        streets=("High Street", "Unit 7, Canal Wharf", "Queen's Road", "The Old Dairy"),
        places=(
            ("Little Wickham", "", "ZZ1 1ZZ"),
            ("Castleford", "WYK", "ZZ99 3VZ"),
            ("Aberford", "", "ZZ9 4QX"),
        ),
        telephone="020 7946 0###",
        currencies=("GBP",),
    ),
    Locale(
        nationality="DEU",
        share=12,
        firms=("Müller & Söhne", "Grünwald", "Weißbach", "Jäger", "Schönfeld", "Straßer", "Fahrrad-Börse"),
        trades=("Großhandel", "Werkzeuge", "Fahrräder", "Getränke", "Möbel", "Maschinenbau"),
        forms=("GmbH", "GmbH & Co. KG", "AG", "e.K.", "OHG"),
        given=("Jürgen", "Käthe", "Sören", "Anneliese", "Björn"),
        family=("Weiß", "Größer", "von der Höh", "Köhler", "Überall"),
        streets=("Hauptstraße 12", "Am Mühlbach 3", "Königsallee 77", "Gewerbering 5-9"),
        places=(("Neustadt", "BY", "99999"), ("Altdorf b. Köln", "NW", "50999"), ("Füssing", "BW", "70999")),
        telephone="030 23125 ###",
        currencies=("EUR",),
    ),
    Locale(
        nationality="FRA",
        share=9,
        firms=("L'Étoile", "Châtelain", "Au Bœuf d'Or", "Forêt Noire", "Garçon & Fille", "Aÿ & Cie"),
        trades=("Vélos", "Quincaillerie", "Négoce", "Matériel Médical", "Électricité", "Épicerie"),
        forms=("SARL", "SAS", "S.A.", "et Fils", "EURL"),
        given=("Zoé", "François", "Hélène", "Loïc", "Maÿlis"),
        family=("d'Aubigné", "Lefèvre", "Pagès", "Île-Dubois", "Œdère"),
        streets=("12, rue de l'Église", "3 bis, quai des Brûleurs", "Zone d'activité nº 4"),
        places=(("Saint-Rémy", "IDF", "75999"), ("Bézouotte", "ARA", "69999"), ("Orléansville", "", "45999")),
        telephone="01 99 00 ## ##",
        currencies=("EUR",),
    ),
    Locale(
        nationality="ESP",
        share=6,
        firms=("Peña", "Señorío", "El Niño", "Ángel Caído", "Hermanos Ibáñez", "¡Olé!"),
        trades=("Suministros", "Ferretería", "Bicicletas", "Electrónica", "Diseño"),
        forms=("S.L.", "S.A.", "y Cía.", "S.L.U."),
        given=("Íñigo", "María José", "Begoña", "Raúl"),
        family=("Núñez", "de la Peña", "Güell", "Ordóñez"),
        streets=("C/ Mayor, 5, 2º B", "Avda. de la Constitución 11", "Pº del Río s/n"),
        places=(("Villanueva", "MAD", "28999"), ("Cádizal", "AND", "11999")),
        telephone="+34 91 555 ## ##",
        currencies=("EUR",),
    ),
    Locale(
        nationality="SWE",
        share=5,
        firms=("Björkö", "Åkerlund", "Sjöstjärnan", "Ängsö", "Fjäll & Strand"),
        trades=("Cykel", "Verktyg", "Järnhandel", "Båtar"),
        forms=("AB", "HB", "& Söner AB"),
        given=("Åsa", "Göran", "Märta", "Örjan"),
        family=("Öberg", "Sjögren", "Ålund", "Hjälmqvist"),
        streets=("Storgatan 1", "Björkvägen 14", "Hamnkajen 2"),
        places=(("Österby", "AB", "999 99"), ("Lillå", "O", "499 99")),
        telephone="08-465 004 ##",
        currencies=("SEK",),
    ),
    Locale(
        nationality="POL",
        share=7,
        firms=("Łąka", "Żółw", "Źródło", "Świt", "Bracia Dąbek", "Ćma"),
        trades=("Hurtownia", "Narzędzia", "Rowery", "Części", "Sprzęt"),
        forms=("Sp. z o.o.", "S.A.", "s.c.", "Sp. k."),
        given=("Łucja", "Paweł", "Małgorzata", "Święcisław"),
        family=("Wójtowicz-Żak", "Łęcki", "Śliwa", "Gołąb"),
        streets=("ul. Świętojańska 8/3", "al. Źródlana 21", "pl. Żeglarzy 2"),
        places=(("Nowe Łęgi", "MZ", "99-999"), ("Stąporków Górny", "SL", "49-999")),
        telephone="+48 22 555 01 ##",
        currencies=("PLN", "EUR"),
    ),
    Locale(
        nationality="CZE",
        share=5,
        firms=("Bílý Kůň", "Růžička", "Černý Důl", "Úřad & Spol.", "Třešňovka"),
        trades=("Nářadí", "Kola", "Velkoobchod", "Součástky"),
        forms=("s.r.o.", "a.s.", "v.o.s."),
        given=("Jiří", "Zdeňka", "Ondřej", "Bětka"),
        family=("Dvořáček", "Šťastná", "Kůrka", "Příhoda"),
        streets=("Dlouhá třída 6", "U Mlýna 44", "Nám. Růží 1"),
        places=(("Nová Ves", "PHA", "999 99"), ("Horní Lhůta", "JHM", "699 99")),
        telephone="+420 555 01# ###",
        currencies=("CZK",),
    ),
    Locale(
        nationality="TUR",
        share=5,
        firms=("Işık", "Güneş", "Yıldız Çarşı", "Şahin", "Ağaç İşleri"),
        trades=("Ticaret", "Bisiklet", "Makine", "Gıda Dağıtım"),
        forms=("A.Ş.", "Ltd. Şti.", "ve Oğulları"),
        given=("Çiğdem", "İlker", "Şule", "Oğuz"),
        family=("Yılmazoğlu", "Çağlayan", "İnönüer", "Kılıç"),
        streets=("Atölye Sokağı 9", "Çınaraltı Cad. 120/A", "Sanayi Sitesi İç Yolu 3"),
        places=(("Yeniköy", "34", "34999"), ("Gümüşlü", "06", "06999")),
        telephone="+90 212 555 01 ##",
        currencies=("TRY", "EUR"),
    ),
    Locale(
        nationality="ISR",
        share=4,
        firms=("אור הצפון", "שער הגן", 'בית "אלון"', "אחים כרמלי"),
        trades=("אופניים", "כלי עבודה", "שיווק", "חומרי בניין"),
        forms=('בע"מ', "ושות'", ""),
        given=("נועה", "איתן", "רות"),
        family=("בן-עמי", "כרמלי", "שדה"),
        streets=("רחוב הזית 7", "שדרות האלון 22"),
        places=(("קריית דקל", "TA", "9999999"),),
        telephone="+972 3 555 01##",
        currencies=("ILS",),
    ),
    Locale(
        nationality="ARE",
        share=4,
        firms=("النجمة الزرقاء", "واحة النخيل", "الميناء القديم", "بيت العود"),
        trades=("للتجارة العامة", "للدراجات", "لمواد البناء", "للأدوات"),
        forms=("ذ.م.م", "وأولاده", "ش.م.ع"),
        given=("ليلى", "سالم", "نور"),
        family=("الحداد", "بن يوسف", "المنصوري"),
        streets=("شارع الميناء ١٢", "طريق الواحة 4"),
        places=(("الواحة", "DU", "99999"),),
        telephone="+971 4 555 01##",
        currencies=("AED", "USD"),
    ),
    Locale(
        nationality="GRC",
        share=4,
        firms=("Ήλιος", "Αφοί Παππά", "Κύμα & Υιοί", "Ωμέγα"),
        trades=("Ποδήλατα", "Εργαλεία", "Εμπορική", "Ναυτιλιακά"),
        forms=("Α.Ε.", "Ε.Π.Ε.", "Ο.Ε."),
        given=("Ελένη", "Γιώργος", "Ζωή"),
        family=("Παππάς", "Ιωάννου", "Χατζή"),
        streets=("Οδός Ελιάς 15", "Λεωφ. Θαλάσσης 3"),
        places=(("Νέα Ακτή", "ATT", "999 99"),),
        telephone="+30 21 0555 01##",
        currencies=("EUR",),
    ),
    Locale(
        nationality="JPN",
        share=3,
        firms=("青空商店", "山川工業", "さくら堂"),
        trades=("自転車", "機械", "食品"),
        forms=("株式会社", "有限会社"),
        given=("花子", "健太", "陽子"),
        family=("青木", "小川", "𠮷田"),
        streets=("架空町1-2-3", "見本通り9-8"),
        places=(("見本市", "13", "999-9999"),),
        telephone="+81 3 5555 01##",
        currencies=("JPY",),
    ),
)
"""The countries that customers are of. Six fit into Windows-1252, seven do not."""
