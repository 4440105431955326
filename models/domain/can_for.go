package domain

import "slices"

// OffersFor is Offers for somebody to whom others handed over: it adds what the rules would take in their names.
func OffersFor(c Case, who EmployeeID, f Facts, ds []Delegation) []Offer {
	out := Offers(c, who, f)
	t := trial{c: c, who: who, f: f}
	t.f.Proof = true
	for _, whom := range CanActFor(c, ds, who, f.At) {
		t.f.Chain = FindChain(Impartial(ds, c.Parties), whom, who, c.Kind, f.At, c.Rules.MaxChain)
		if t.takes(Act{Kind: ActDecide, Outcome: Approve, For: whom}) {
			o := offered(&out, ActDecide)
			o.For = append(o.For, whom)
		}
		if back := t.stepsBack(Act{Kind: ActReturn, For: whom}); len(back) > 0 {
			o := offered(&out, ActReturn)
			o.For, o.Steps = append(o.For, whom), back
		}
	}
	return out
}

// offered finds the offer of a kind, or makes room for it.
func offered(list *[]Offer, k ActKind) *Offer {
	i := slices.IndexFunc(*list, func(o Offer) bool { return o.Kind == k })
	if i < 0 {
		i = len(*list)
		*list = append(*list, Offer{Kind: k})
	}
	return &(*list)[i]
}
