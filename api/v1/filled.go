package v1

import (
	"reflect"
	"strings"
)

// filled gives an answer with every list that is missing made empty, so that a client finds [] and never null where the
// contract says list. Lists that the contract lets be absent stay so,
// and what omitzero leaves out stays zero.
func filled(answer any) any {
	v := reflect.ValueOf(answer)
	if v.Kind() != reflect.Struct {
		return answer
	}
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	fillIn(out)
	return out.Interface()
}

// fillIn changes v in place, but nothing that v only points to: the service may keep what it handed out.
func fillIn(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if absent := f.IsZero() && strings.Contains(v.Type().Field(i).Tag.Get("json"), ",omitzero"); f.CanSet() && !absent {
				fillIn(f)
			}
		}
	case reflect.Slice:
		elem := v.Type().Elem().Kind()
		switch {
		case elem == reflect.Uint8: // bytes are no list
		case v.IsNil():
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		case elem == reflect.Struct && v.Len() > 0:
			own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(own, v)
			for i := range own.Len() {
				fillIn(own.Index(i))
			}
			v.Set(own)
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Elem().Kind() == reflect.Struct {
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			fillIn(own.Elem())
			v.Set(own)
		}
	}
}
