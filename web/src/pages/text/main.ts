import '../../ui/office/text'
