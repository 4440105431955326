package policy

import "unicode"

// lookalikes lists, for an ASCII letter, the letters of other scripts that readers take for it: a compact table of our
// own in the spirit of Unicode's security mechanisms (UTS #39), limited to what common fonts draw alike.
var lookalikes = map[rune]string{
	'a': "АаΑαɑᴀᎪꓮᗅ", 'b': "ВвЬьΒβʙᏴꓐᗷ", 'c': "СсϹϲᴄᏟꓚⲤⲥ", 'd': "ԀԁᴅᎠꓓᗞꓒ", 'e': "ЕеΕεєЄᴇᎬꓰℯ", 'f': "ꓝϜƒꬵ",
	'g': "ɡԌցᏀꓖɢ", 'h': "НнҺһΗηհᎻꓧʜ", 'j': "ЈјϳᎫꓙᴊȷՅ", 'k': "КкΚκᏦꓗᴋ", 'l': "ІіΙιӀӏɪɩıᏞꓡᛁⅼ│∣ǀاןוʟꓲᏆ",
	'm': "МмΜϺᎷꓟᴍ", 'n': "ΝпոռꓠɴՈ", 'o': "ОоΟοσօՕסهꓳᴏⲞⲟ〇०০੦૦ഠ൦๐໐၀٥۵", 'p': "РрΡρᏢꓑᴘⲢⲣ", 'q': "ԚԛգզԳ", 'r': "гᏒꓣʀᖇ",
	's': "ЅѕꓢᏚտՏᏕ", 't': "ТтΤτᎢꓔᴛ", 'u': "υսꓴᴜՍᑌ", 'v': "νѵѴᏙꓦᴠ", 'w': "ԜԝᎳꓪᴡωաѡ", 'x': "ХхΧχꓫ᙭", 'y': "УуҮүΥγᎽꓬʏყ",
	'z': "ΖᏃꓜᴢ", '3': "ЗзӠӡƷʒȜȝ", '6': "бᏮ", '2': "Ƨƨ", '4': "Ꮞ", '8': "Ȣȣ", '!': "ǃ",
}

// hanRadicals are pairs of a radical's own code point, which normalisation leaves alone, and the character it shows.
const hanRadicals = "⺁厂⺅亻⺉刂⺋㔾⺒巳⺓幺⺔彑⺕彐⺖忄⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺠民⺡氵⺢水⺣灬⺤爫⺥爫⺨犭⺪疋⺫目⺬示⺭礻⺮竹⺯糸⺰纟⺱罓⺲罒⺳网⺶羊⺷羊⺹耂⺺肀⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟食⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龟⻲亀"

// kana that cannot be told from a Chinese character. They count as it in the key, but may be written.
const kanaAsHan = "ロ口エ工カ力タ夕ト卜ニ二ハ八ヘへー一"

// looksLike maps a letter to what it is taken for; kana only counts in keys.
var (
	looksLike = map[rune]rune{}
	kanaLike  = map[rune]rune{}
)

func init() {
	for to, from := range lookalikes {
		for _, r := range from {
			looksLike[r] = to
		}
	}
	pairs := func(s string, into map[rune]rune) {
		rs := []rune(s)
		for i := 0; i+1 < len(rs); i += 2 {
			into[rs[i]] = rs[i+1]
		}
	}
	pairs(hanRadicals, looksLike)
	pairs(kanaAsHan, kanaLike)
}

// skeleton gives the letter a reader sees, for keys: look-alikes merged, digits of any script as 0-9, and the letters
// and digits that Latin fonts confuse (O and 0, I, l and 1) as one.
func skeleton(r rune) rune {
	if to, ok := looksLike[r]; ok {
		r = to
	} else if to, ok := kanaLike[r]; ok {
		r = to
	} else if d, ok := digit(r); ok {
		r = d
	}
	switch r {
	case '0', 'O':
		return 'o'
	case '1', 'I', 'i', '|', 'L':
		return 'l'
	}
	return r
}

// digit is the ASCII digit of a decimal digit of any script: they stand in runs of ten, each from nought to nine.
func digit(r rune) (rune, bool) {
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, rg := range unicode.Nd.R16 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return '0' + (r-rune(rg.Lo))%10, true
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if lo, hi := rune(rg.Lo), rune(rg.Hi); lo <= r && r <= hi { //nolint:gosec // a table of runes
			return '0' + (r-lo)%10, true
		}
	}
	return 0, false
}
