"""Characters that look like others: "confusables" in Unicode."""

_SHAPES = {
    "": "\u0640\u07fa",
    "'": (
        "\u0060\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02f4\u0374\u0384\u055a\u05f3"
        "\u07f4\u07f5\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u2018\u2019\u201b\u2032\u2035\ua78b\ua78c\uff07\uff40"
    ),
    "-": (
        "\u02d7\u058a\u05be\u06d4\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501"
        "\u2796\u2cba\u2e3a\u2e3b\ufe58\ufe63\uff0d"
    ),
    ".": "\u0701\u0702\u2024\ua4f8\ua60e",
    "1": "\u2776\u2780\u278a",
    "10": "\u23e8",
    "2": "\u01a7\u01bb\u03e8\u14bf\u2777\u2781\u278b\ua644\ua6ef\ua75a",
    "3": (
        "\u01b7\u021c\u0417\u0437\u0498\u04e0\u2778\u2782\u278c\u2ccc\ua76a\ua7ab\U000118ca\U00016f3b"
        "\U0001d206"
    ),
    "4": "\u13ce\u2779\u2783\u278d\U000118af",
    "5": "\u01bc\u277a\u2784\u278e\U000118bb",
    "6": "\u0431\u13ee\u277b\u2785\u278f\u2cd2\U000118d5",
    "7": "\u277c\u2786\u2790\U000104d2\U000118c6\U0001d212",
    "8": "\u0222\u0223\u09ea\u0a6a\u0b03\u277d\u2787\u2791\U0001031a\U0001e8cb",
    "9": "\u09ed\u0a67\u0b68\u0d6d\u277e\u2788\u2792\u2cca\ua76e\U000118ac\U000118cc\U000118d6",
    "A": "\u0391\u0410\u13aa\u15c5\ua4ee\U000102a0\U00016f40\U0001f110\U0001f150\U0001f170\U0001f1e6",
    "a": "\u0251\u03b1\u0430\u1d00\u2376\u237a\u249c\u2c81",
    "AA": "\ua732",
    "aa": "\ua733",
    "AE": "\u00c6\u04d4",
    "ae": "\u00e6\u04d5",
    "AO": "\ua734",
    "ao": "\ua735",
    "AR": "\U0001f707",
    "AU": "\ua736",
    "au": "\ua737",
    "AV": "\ua738\ua73a",
    "av": "\ua739\ua73b",
    "AY": "\ua73c",
    "ay": "\ua73d",
    "B": (
        "\u0392\u0412\u13f4\u15f7\ua4d0\ua7b4\U00010282\U000102a1\U00010301\U0001f111\U0001f151\U0001f171"
        "\U0001f1e7"
    ),
    "b": "\u0180\u0184\u0185\u0299\u042c\u0432\u044c\u0462\u0463\u048c\u048d\u13cf\u1472\u15af\u249d\u2c83",
    "bl": "\u042b",
    "C": (
        "\u0421\u04aa\u13df\u20a1\u2ca4\ua4da\U000102a2\U00010302\U00010415\U0001051c\U000118e9\U000118f2"
        "\U0001f112\U0001f152\U0001f16e\U0001f172\U0001f1e8\U0001f74c"
    ),
    "c": "\u00a2\u023c\u03f2\u0441\u04ab\u1d04\u249e\u2ca5\uabaf\U0001043d",
    "D": "\u00d0\u0110\u0189\u13a0\u15de\u15ea\ua4d3\U0001f113\U0001f153\U0001f173\U0001f1e9",
    "d": "\u0111\u0256\u0501\u13e7\u146f\u1d05\u20ab\u249f\ua4d2",
    "dz": "\u02a3",
    "E": (
        "\u0246\u0395\u0415\u13ac\u22ff\u2d39\ua4f0\U00010286\U000118a6\U000118ae\U0001f114\U0001f154"
        "\U0001f174\U0001f1ea"
    ),
    "e": "\u0247\u0435\u04bd\u04bf\u1d07\u212e\u24a0\u2c89\uab32",
    "F": (
        "\u0191\u03dc\u15b4\ua4dd\ua798\U00010287\U000102a5\U00010525\U000118a2\U000118c2\U0001d213"
        "\U0001f115\U0001f155\U0001f175\U0001f1eb"
    ),
    "f": "\u0192\u03dd\u0584\u1d6e\u1e9d\u24a1\ua730\ua799\uab35",
    "G": "\u01e4\u050c\u13c0\u13f3\ua4d6\U0001f116\U0001f156\U0001f176\U0001f1ec",
    "g": "\u018d\u01e5\u0261\u0262\u0581\u1d83\u24a2",
    "H": (
        "\u0126\u0397\u041d\u04a2\u04c7\u04c9\u13bb\u157c\u2c67\u2c8e\ua4e7\U000102cf\U0001f117\U0001f157"
        "\U0001f177\U0001f1ed"
    ),
    "h": "\u0127\u029c\u043d\u045b\u04bb\u0570\u13c2\u24a3\u2c8f",
    "I": "\U0001f118\U0001f158\U0001f178\U0001f1ee",
    "i": (
        "\u0131\u0268\u0269\u026a\u03b9\u0456\u04cf\u13a5\u1d7b\u1d7c\u2373\u2378\u24a4\ua647\uab75\U000118c3"
    ),
    "J": "\u0248\u037f\u0408\u13ab\u148d\ua4d9\ua7b2\U0001f119\U0001f159\U0001f179\U0001f1ef",
    "j": "\u0249\u03f3\u0458\u1d0a\u24a5",
    "K": (
        "\u039a\u041a\u049a\u049e\u13e6\u16d5\u20ad\u2c69\u2c94\ua4d7\ua740\U00010518\U0001f11a\U0001f15a"
        "\U0001f17a\U0001f1f0"
    ),
    "k": "\u03ba\u043a\u1d0b\u24a6\u2c95",
    "L": (
        "\u0141\u13de\u14aa\u2cd0\ua4e1\U0001041b\U00010526\U000118a3\U000118b2\U00016f16\U0001d22a"
        "\U0001f11b\U0001f15b\U0001f17b\U0001f1f1"
    ),
    "l": (
        "\u0142\u0196\u0197\u019a\u01c0\u026b\u026d\u029f\u0399\u0406\u04c0\u05c0\u05d5\u05df\u0627\u0661"
        "\u0673\u06f1\u07ca\u16c1\u2223\u23fd\u24a7\u2c92\u2c93\u2d4f\ua4f2\U0001028a\U00010309\U00010320"
        "\U00016f28\U0001e8c7"
    ),
    "ll": "\u01c1\u05f0\u2016\u2225\U00010199",
    "llS": "\U00010198",
    "lO": "\u042e",
    "ls": "\u02aa",
    "lt": "\u20b6",
    "lz": "\u02ab",
    "M": (
        "\u039c\u03fa\u041c\u04cd\u13b7\u15f0\u16d6\u2c98\ua4df\U000102b0\U00010311\U0001f11c\U0001f15c"
        "\U0001f17c\U0001f1f2"
    ),
    "m": "\u043c\u1d0d\u24a8\u2c99",
    "MB": "\U0001f76b",
    "N": "\u019d\u039d\u2c9a\ua4e0\U00010513\U0001f11d\U0001f15d\U0001f17d\U0001f1f3",
    "n": "\u019e\u0273\u0274\u03b7\u0578\u057c\u1d70\u24a9\u2c9b",
    "O": (
        "\u00d8\u019f\u039f\u041e\u0472\u04e8\u0555\u07c0\u09e6\u0b20\u0b66\u12d0\u13be\u13eb\u2296\u229d"
        "\u236c\u2c9e\u2d31\u2d41\u2d54\u3007\ua4f3\ua74a\U00010292\U000102ab\U00010404\U000104c2"
        "\U00010516\U000114d0\U000118b5\U000118e0\U0001d21a\U0001f11e\U0001f15e\U0001f17e\U0001f1f4"
        "\U0001f714"
    ),
    "o": (
        "\u00f8\u0275\u03bf\u03c3\u043e\u0473\u04e9\u0585\u05e1\u0647\u0665\u06be\u06c1\u06d5\u06f0\u06f5"
        "\u0966\u0a66\u0ae6\u0be6\u0c02\u0c66\u0c82\u0ce6\u0d02\u0d20\u0d66\u0d82\u0e50\u0ed0\u101d\u1040"
        "\u10ff\u1d0f\u1d11\u24aa\u2c9f\ua74b\uab3d\uab3e\uab8e\uabbb\U0001042c\U000104ea\U000118c8"
        "\U000118d7"
    ),
    "OE": "\u0152",
    "oe": "\u0153",
    "OO": "\ua698\ua74e",
    "oo": "\u221e\ua699\ua74f",
    "P": "\u03a1\u0420\u13e2\u146d\u2ca2\ua4d1\U00010295\U0001f11f\U0001f15f\U0001f17f\U0001f1f5",
    "p": "\u03c1\u0440\u1d18\u1d7d\u2374\u24ab\u2ca3",
    "Q": "\u2d55\U0001f120\U0001f160\U0001f180\U0001f1f6",
    "q": "\u051b\u0563\u0566\u24ac",
    "QE": "\U0001f700",
    "R": (
        "\u01a6\u13a1\u13d2\u1587\ua4e3\U000104b4\U00016f35\U0001d216\U0001f121\U0001f161\U0001f181\U0001f1f7"
    ),
    "r": "\u024d\u027c\u027d\u0280\u0433\u0493\u1d26\u1d72\u24ad\u2c85\uab47\uab48\uab81",
    "rn": "\u0271\u1d6f\u20a5\U00011700\U000118e3",
    "S": (
        "\u0405\u054f\u13d5\u13da\ua4e2\U00010296\U00010420\U00016f3a\U0001f122\U0001f162\U0001f182\U0001f1f8"
    ),
    "s": "\u01bd\u0282\u0455\u1d74\u24ae\ua731\uabaa\U00010448\U000118c1",
    "ss": "\u03b2\ua7b5",
    "sss": "\U0001f75c",
    "T": (
        "\u0166\u01ae\u023e\u03a4\u0422\u04ac\u13a2\u20ae\u22a4\u27d9\u2ca6\ua4d4\U00010297\U000102b1"
        "\U00010315\U000118bc\U00016f0a\U0001f123\U0001f163\U0001f183\U0001f1f9\U0001f768"
    ),
    "t": "\u0167\u03c4\u0442\u1d1b\u1d75\u24af\u2ca7",
    "T3": "\ua728",
    "tf": "\ua777",
    "ts": "\u02a6",
    "U": (
        "\u0244\u054d\u1200\u13cc\u144c\u222a\u22c3\ua4f4\U000104ce\U000118b8\U00016f42\U0001f124"
        "\U0001f164\U0001f184\U0001f1fa"
    ),
    "u": "\u028b\u03c5\u057d\u1d1c\u1d7e\u24b0\ua79f\uab4e\uab52\uab9c\U000104f6\U000118d8",
    "ue": "\u1d6b",
    "uo": "\uab63",
    "V": (
        "\u0474\u0667\u06f7\u13d9\u142f\u2d38\ua4e6\ua6df\U00010197\U0001051d\U000118a0\U00016f08"
        "\U0001d20d\U0001f125\U0001f165\U0001f185\U0001f1fb"
    ),
    "v": "\u03bd\u0475\u05d8\u1d20\u2228\u22c1\u24b1\uaba9\U00011706\U000118c0",
    "VB": "\U0001f76c",
    "W": "\u051c\u13b3\u13d4\u20a9\ua4ea\U000118e6\U000118ef\U0001f126\U0001f166\U0001f186\U0001f1fc",
    "w": "\u026f\u0461\u051d\u0561\u1d21\u24b2\ua761\uab83\U0001170a\U0001170e\U0001170f",
    "X": (
        "\u03a7\u0425\u04b2\u166d\u16b7\u2573\u2cac\u2d5d\ua4eb\ua7b3\U00010196\U00010290\U000102b4"
        "\U00010317\U00010322\U00010527\U000118ec\U0001f127\U0001f167\U0001f187\U0001f1fd"
    ),
    "x": "\u00d7\u03c7\u0445\u04b3\u1541\u157d\u166e\u24b3\u292b\u292c\u2a2f\u2cad",
    "Y": (
        "\u00a5\u024e\u03a5\u0423\u04ae\u04b0\u13a9\u13bd\u2ca8\ua4ec\U000102b2\U000118a4\U00016f43"
        "\U0001f128\U0001f168\U0001f188\U0001f1fe"
    ),
    "y": "\u024f\u0263\u028f\u03b3\u0443\u04af\u04b1\u10e7\u1d8c\u1eff\u24b4\u2ca9\uab5a\U000118dc",
    "Z": (
        "\u01b5\u0224\u0396\u13c3\ua4dc\U000102f5\U000118a9\U000118e5\U0001f129\U0001f169\U0001f189\U0001f1ff"
    ),
    "z": "\u01b6\u0225\u0290\u1d22\u1d76\u24b5\uab93\U000118c4",
    "\u0643": "\u06a9\u06aa",
    "\u064a": "\u0649\u06cc\u06d2",
}
"""Latin letters, digits and marks, with the characters of other scripts, in circles and in squares that look
like them.

Most are from https://www.unicode.org/Public/security/13.0.0/confusables.txt (UTS #39), without compatibility
forms and combining marks below or through a letter. Small capitals are added, including the small letters of
Cyrillic that have the shape of capitals.
"""

CONFUSABLES = str.maketrans({each: shape for shape, others in _SHAPES.items() for each in others})
