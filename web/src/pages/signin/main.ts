import '../../ui/office/signin'
