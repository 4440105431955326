package matrix

import (
	"fmt"
	"regexp"
	"strconv"
)

// Registration is the file that tells a homeserver of us: "app_service_config_files" of Synapse names it. url is where
// the server reaches Handler. It holds both tokens.
//
// The accounts are the company's and stay theirs, so the claim on them is not exclusive; the aliases are ours alone, so
// that nobody else can sit on the one a group will have.
func Registration(c Config, url string) string {
	bot := c.Bot
	if bot == "" {
		bot = "qunbei"
	}
	server := regexp.QuoteMeta(c.Server)
	q := strconv.Quote
	return fmt.Sprintf(`id: qunbei
url: %s
as_token: %s
hs_token: %s
sender_localpart: %s
rate_limited: false
namespaces:
  users:
    - {exclusive: false, regex: %s}
  aliases:
    - {exclusive: true, regex: %s}
  rooms: []
`, q(url), q(string(c.AS)), q(string(c.HS)), q(bot), q("@.*:"+server), q("#qb-.*:"+server))
}
