// Package signing makes and checks the documents that people sign: the confidentiality agreements of R4.2.1
// (semantics 4). It is in four parts, none of which stores or sends anything:
//
//   - template: a template's text, read strictly, and its fields filled in;
//   - fonts: the typefaces, and what they cannot draw;
//   - paper: the pages, with the evidence page, as a PDF whose bytes follow from its inputs alone;
//   - seal: the platform's key, the signatures in the PDF, and what is true of a PDF that somebody shows.
//
// The activities of the NDA's workflow call paper and seal, with inputs that the service recorded; the service calls
// template when a template is drafted, published or previewed, and seal.Verify for the public page that takes a PDF.
// The platform's key is opened once, by the program that runs the activities.
package signing
