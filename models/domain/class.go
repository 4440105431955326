package domain

// Class is a publication's class, lowest first (R3, semantics 3). The author declares one, screening can only raise it,
// and a security officer may lower it with a reason.
type Class string

// The classes.
const (
	ClassGeneral   Class = "general"
	ClassBusiness  Class = "important_business"
	ClassStrategic Class = "important_strategic"
	ClassSensitive Class = "sensitive"
	ClassTopic     Class = "topic_at_risk"
)

// Classes lists the classes, lowest first.
func Classes() []Class {
	return []Class{ClassGeneral, ClassBusiness, ClassStrategic, ClassSensitive, ClassTopic}
}

// Rank orders classes: 0 is general. Unknown classes rank -1.
func (c Class) Rank() int {
	switch c {
	case ClassGeneral:
		return 0
	case ClassBusiness:
		return 1
	case ClassStrategic:
		return 2
	case ClassSensitive:
		return 3
	case ClassTopic:
		return 4
	}
	return -1
}

// Known tells whether a class exists.
func (c Class) Known() bool { return c.Rank() >= 0 }

// Label names a class in both languages (glossary); an unknown class is named by its code.
func (c Class) Label() Label {
	switch c {
	case ClassGeneral:
		return Label{ZH: "一般", EN: "general"}
	case ClassBusiness:
		return Label{ZH: "重要（业务）", EN: "important (business)"}
	case ClassStrategic:
		return Label{ZH: "重要（战略决策）", EN: "important (strategic)"}
	case ClassSensitive:
		return Label{ZH: "敏感", EN: "sensitive"}
	case ClassTopic:
		return Label{ZH: "敏感话题", EN: "topic at risk"}
	}
	return Label{ZH: string(c), EN: string(c)}
}

// Higher is the higher of two classes; what is unknown is lower than any.
func (c Class) Higher(other Class) Class {
	if other.Rank() > c.Rank() {
		return other
	}
	return c
}
